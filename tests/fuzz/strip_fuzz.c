/* Inner files: the first byte says which strip reads the rest. A content is like itself; nothing is
 * read beyond its end. */
#include "fuzz.h"
#include "strip/strip.h"

static sb_strip *const strips[] = {sb_strip_dates,        sb_strip_epochs,
                                   sb_strip_times,        sb_strip_uuids,
                                   sb_strip_hex,          sb_strip_numbers,
                                   sb_strip_paths,        sb_strip_comment_dates,
                                   sb_strip_gem_date,     sb_strip_autoloader,
                                   sb_strip_file_urls,    sb_strip_line_order,
                                   sb_strip_pem_order,    sb_strip_paragraph_order,
                                   sb_strip_shadow_day,   sb_strip_apk_virtual,
                                   sb_strip_machine_id,   sb_strip_uuid,
                                   sb_strip_json_order,   sb_strip_npm_where,
                                   sb_strip_gzip_header,  sb_strip_gzip_time,
                                   sb_strip_tar_time,     sb_strip_tar_owner,
                                   sb_strip_tar_order,    sb_strip_tar_pax_pid,
                                   sb_strip_ar_time,      sb_strip_cpio_inode,
                                   sb_strip_zip_time,     sb_strip_zip_extra,
                                   sb_strip_zip_order,    sb_strip_jar_manifest,
                                   sb_strip_build_ids,    sb_strip_elf_dates,
                                   sb_strip_go_vcs,       sb_strip_python_time,
                                   sb_strip_pe_time,      sb_strip_beam_info,
                                   sb_strip_keystore,     sb_strip_sqlite_header,
                                   sb_strip_png_time,     sb_strip_pdf_dates,
                                   sb_strip_gettext_date, sb_strip_git_index,
                                   sb_strip_git_log};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sb_buf once = SB_BUF_INIT, twice = SB_BUF_INIT;
    if (size == 0)
        return 0;
    sb_strip *strip = strips[data[0] % (sizeof strips / sizeof *strips)];
    struct sb_span content = sb_span_of(data + 1, size - 1);
    if (strip(content, &once)) {
        fuzz_check(strip(content, &twice), "what is of a form stays of it");
        fuzz_check(sb_span_equal(sb_buf_span(&once), sb_buf_span(&twice)),
                   "a content is like itself");
    }
    sb_buf_release(&once);
    sb_buf_release(&twice);
    return 0;
}
