/* What is left of a file's content when that is taken out which a known cause may change: the proof
 * that the cause explains a whole difference is that nothing else is unequal.
 *
 * A strip appends to rest what must be equal, so that two contents whose rests are equal differ in
 * nothing but what was taken out. It says false where the content is not of its format, whole and
 * well-formed; rest is then of no meaning. Contents are held in memory, of at most
 * SB_LIMIT_STRIPPED bytes; nothing is kept. */
#ifndef SB_STRIP_STRIP_H
#define SB_STRIP_STRIP_H

#include "base/buf.h"
#include "base/finding.h"

typedef bool sb_strip(struct sb_span content, struct sb_buf *rest);

/* Texts, in UTF-8 without NUL (strip/tokens.c). */
sb_strip sb_strip_dates;         /* complete dates, and times of a day */
sb_strip sb_strip_epochs;        /* seconds and milliseconds since 1970, from 2001 on */
sb_strip sb_strip_times;         /* both */
sb_strip sb_strip_uuids;         /* 8-4-4-4-12 hexadecimal digits */
sb_strip sb_strip_hex;           /* 8 hexadecimal digits and more, some of which are letters */
sb_strip sb_strip_numbers;       /* runs of digits */
sb_strip sb_strip_paths;         /* absolute paths of two parts and more */
sb_strip sb_strip_comment_dates; /* dates in lines that begin with # */
sb_strip sb_strip_gem_date;      /* the date of a gem's specification */
sb_strip sb_strip_autoloader;    /* the suffix of Composer's autoloader */
sb_strip sb_strip_file_urls;     /* the path of each "file://…" */

/* Whether it is one of these: they look at one line at a time, so lines that both contents begin or
 * end with need not be looked at. */
bool sb_strip_is_by_line(sb_strip *strip);

/* Texts, by lines (strip/lines.c): what is taken out is their order. */
sb_strip sb_strip_line_order;
sb_strip sb_strip_paragraph_order; /* paragraphs have an empty line behind them */
sb_strip sb_strip_pem_order;       /* blocks that end with a line -----END …----- */
sb_strip sb_strip_shadow_day;      /* the third field of shadow(5) */
sb_strip sb_strip_apk_virtual; /* versions and checksums of apk's packages whose names begin with a
                                  dot */

/* Files that hold one value (strip/values.c). */
sb_strip sb_strip_empty; /* nothing is taken out: both are empty */
sb_strip
    sb_strip_machine_id; /* machine-id(5): 32 hexadecimal digits, "uninitialized", or nothing */
sb_strip sb_strip_random_seed; /* 512 bytes */
sb_strip sb_strip_uuid;        /* one UUID and a line's end */

/* JSON (strip/json.c). */
sb_strip sb_strip_json_order; /* order of members, and white space */
sb_strip sb_strip_npm_where;  /* and npm's own members, at the top */

/* Containers (strip/gzip.c, archives.c, zip.c). */
sb_strip sb_strip_gzip_header; /* RFC 1952 §2.3: all of the header; the stream behind it is equal */
sb_strip sb_strip_gzip_time;   /* MTIME alone */
sb_strip sb_strip_tar_time;    /* times of members; where it is compressed, how it is */
sb_strip sb_strip_tar_owner;   /* and owners, by number and name */
sb_strip sb_strip_tar_order;   /* and the order of members */
sb_strip sb_strip_tar_pax_pid; /* the process id in GNU tar's names of extended headers */
sb_strip sb_strip_ar_time;     /* ar(5): date, owner, group */
sb_strip sb_strip_cpio_inode;  /* cpio newc: inode, device, time; compressed or not, several */
sb_strip sb_strip_zip_time;  /* APPNOTE 4.4.6, and the times of the extra fields UT, ux, UX, NTFS */
sb_strip sb_strip_zip_extra; /* and these extra fields themselves */
sb_strip sb_strip_zip_order; /* and the order of members */
sb_strip
    sb_strip_jar_manifest; /* and in META-INF/MANIFEST.MF who built it, when, and with which JDK */

/* Programs (strip/elf.c, programs.c). */
sb_strip sb_strip_build_ids;   /* ELF: .note.gnu.build-id, .note.go.buildid, .gnu_debuglink's CRC */
sb_strip sb_strip_elf_dates;   /* and __DATE__ and __TIME__ in .rodata */
sb_strip sb_strip_go_vcs;      /* and revision and time of Go's build information */
sb_strip sb_strip_python_time; /* PEP 552: the source's time, where the file is checked by time */
sb_strip sb_strip_pe_time;     /* PE: TimeDateStamp, CheckSum, and those of the debug folder */
sb_strip sb_strip_beam_info;   /* BEAM: the chunk CInf */

/* Data (strip/data.c). */
sb_strip sb_strip_keystore;      /* Java's JKS: dates of entries, and the digest over all */
sb_strip sb_strip_sqlite_header; /* the change counter, and the version that wrote last */
sb_strip sb_strip_png_time;      /* the chunk tIME, and texts of dates */
sb_strip sb_strip_pdf_dates;     /* CreationDate, ModDate, ID */
sb_strip sb_strip_gettext_date;  /* POT-Creation-Date, PO-Revision-Date of .mo and .po */
sb_strip sb_strip_git_index;     /* what stat says of each file, and the checksum */
sb_strip sb_strip_git_log;       /* names of commits, and times */

/* For the files of this folder: a text is UTF-8 without NUL. */
bool sb_strip_is_text(struct sb_span content);
/* Sets every byte that belongs to a date as compilers write it (C17 §6.10.8.1) to mark. */
void sb_strip_mark_dates(unsigned char *text, size_t size, unsigned char mark);
/* Whether a reader found nothing in what it read that is worth more than a word: bytes that it has
 * not given out could be anything. */
bool sb_strip_is_plain(const struct sb_findings *findings);
/* The content without its compressions (gzip, zstd, xz, bzip2), of at most SB_LIMIT_STRIPPED bytes;
 * false where it is damaged or larger. */
bool sb_strip_unpack(struct sb_span content, struct sb_buf *unpacked);

#endif
