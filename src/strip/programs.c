/* Byte code and programs that are no ELF files: Python, PE, BEAM. */
#include "strip/bytes.h"
#include "strip/strip.h"

/* PEP 552: magic (two bytes and "\r\n"), flags, then the source's time and size, or its hash. Where
 * flags are 0 Python compares the time, and runs this file instead of the source. */
bool sb_strip_python_time(struct sb_span content, struct sb_buf *rest) {
    if (content.size < 16 || memcmp(content.data + 2, "\r\n", 2) != 0 ||
        sb_bytes_little(content, 4, 4) != 0)
        return false;
    memset(sb_bytes_copy(rest, content) + 8, 0, 4);
    return true;
}

/* PE format, as Microsoft documents it: a section header has 40 bytes, with its address at 12, its
 * place in the file at 20; the seventh of the data folders is that of debugging. */
enum {
    PE_OPTIONAL = 24,
    PE_CHECKSUM = 64,
    PE_SECTION = 40,
    PE_DEBUG_ENTRY = 28,
    PE_EXECUTE = 0x20000000
};

/* Of a section that cannot be run. */
static uint64_t pe_place(struct sb_span file, uint64_t sections, uint64_t count, uint64_t address) {
    for (uint64_t i = 0; i < count; i++) {
        uint64_t header = sections + i * PE_SECTION, from = sb_bytes_little(file, header + 12, 4);
        bool runs = sb_bytes_little(file, header + 36, 4) & PE_EXECUTE;
        if (!runs && address >= from && address - from < sb_bytes_little(file, header + 16, 4))
            return sb_bytes_little(file, header + 20, 4) + (address - from);
    }
    return UINT64_MAX;
}

/* Each entry of the debug folder has a time; the one that names a symbol file (RSDS) its GUID,
 * which stands in the same section. */
static void strip_debug(struct sb_span file, unsigned char *copy, uint64_t at, uint64_t size,
                        uint64_t address, uint64_t place) {
    size_t files = 0;
    for (; size >= PE_DEBUG_ENTRY && sb_bytes_inside(file, at, PE_DEBUG_ENTRY);
         at += PE_DEBUG_ENTRY, size -= PE_DEBUG_ENTRY) {
        uint64_t data = sb_bytes_little(file, at + 24, 4);
        bool here = sb_bytes_little(file, at + 20, 4) - address == data - place;
        memset(copy + at + 4, 0, 4);
        if (here && files == 0 && sb_bytes_inside(file, data, 20) &&
            memcmp(file.data + data, "RSDS", 4) == 0)
            memset(copy + data + 4, 0, 16), files++;
    }
}

bool sb_strip_pe_time(struct sb_span content, struct sb_buf *rest) {
    uint64_t pe = sb_bytes_little(content, 60, 4), optional = pe + PE_OPTIONAL;
    if (!sb_span_starts(content, "MZ") || !sb_bytes_inside(content, pe, PE_OPTIONAL + 112) ||
        memcmp(content.data + pe, "PE\0\0", 4) != 0)
        return false;
    unsigned char *copy = sb_bytes_copy(rest, content);
    memset(copy + pe + 8, 0, 4);
    memset(copy + optional + PE_CHECKSUM, 0, 4);
    bool wide = sb_bytes_little(content, optional, 2) == 0x20b;
    uint64_t folders = optional + (wide ? 112 : 96);
    uint64_t sections = optional + sb_bytes_little(content, pe + 20, 2);
    if (sb_bytes_little(content, folders - 4, 4) > 6) {
        uint64_t address = sb_bytes_little(content, folders + 6 * 8, 4);
        uint64_t at = pe_place(content, sections, sb_bytes_little(content, pe + 6, 2), address);
        if (at != UINT64_MAX)
            strip_debug(content, copy, at, sb_bytes_little(content, folders + 6 * 8 + 4, 4),
                        address, at);
    }
    return true;
}

/* "FOR1", size, "BEAM", then chunks of four-byte names, sizes, data, each filled up to four bytes;
 * CInf holds options, paths and versions of the compilation. */
bool sb_strip_beam_info(struct sb_span content, struct sb_buf *rest) {
    if (!sb_span_starts(content, "FOR1") || content.size < 12 ||
        memcmp(content.data + 8, "BEAM", 4) != 0)
        return false;
    for (uint64_t at = 12; at < content.size;) {
        uint64_t size = (sb_bytes_big(content, at + 4, 4) + 3) / 4 * 4;
        struct sb_span chunk = sb_bytes_part(content, at, 8 + size);
        if (chunk.size == 0)
            return false;
        if (!sb_span_starts(chunk, "CInf"))
            sb_buf_append_span(rest, chunk);
        at += chunk.size;
    }
    return true;
}
