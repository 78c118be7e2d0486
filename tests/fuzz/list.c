/* list tar|gzip FILE: what the library's reader sees, for comparison with other readers. A tar: a
 * line for each entry (type, size, name and link in hex) and, last, the SHA-256 of all contents one
 * after the other. A gzip file: the SHA-256 of what comes out. The first line is "plain";
 * "ambiguous KIND…" where a finding says that there is another reading; or "refused MESSAGE". */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/gzip.h"
#include "codec/sha256.h"
#include "io/output.h"
#include "io/source.h"
#include "tar/reader.h"

static void put(struct sb_buf *out, struct sb_span text) {
    sb_buf_append_string(out, "\t");
    for (size_t i = 0; i < text.size; i++)
        sb_buf_appendf(out, "%02x", text.data[i]);
}

/* What the reader of layers reports (image/layer.c), this one does not. */
static void check_as_layers_do(struct sb_findings *findings, const struct sb_tar_entry *entry,
                               unsigned char type) {
    if (type < '0' || type > '6')
        sb_finding_add(findings, SB_FINDING_TYPEFLAG, "entry", "a type that engines refuse");
    else if (type == '0' && sb_span_ends(entry->name, "/"))
        sb_finding_add(findings, SB_FINDING_PATH_SLASH, "entry",
                       "a file by its type, a folder by its name");
}

static void put_entry(struct sb_findings *findings, struct sb_buf *out,
                      const struct sb_tar_entry *entry) {
    unsigned char type = entry->type ? entry->type : '0';
    if (type == '7')
        type = '0';
    if (entry->type == 0 && sb_span_ends(entry->name, "/"))
        type = '5';
    check_as_layers_do(findings, entry, type);
    sb_buf_appendf(out, "%c\t%llu", type, (unsigned long long)(type == '0' ? entry->size : 0));
    put(out, entry->name);
    put(out, type == '1' || type == '2' ? entry->link : sb_span_string(""));
    sb_buf_append_string(out, "\n");
}

static int list_tar(struct sb_input *input, struct sb_findings *findings,
                    struct sb_output *contents, struct sb_buf *out, struct sb_error *error) {
    struct sb_tar_reader reader;
    struct sb_tar_entry entry;
    int status;
    sb_tar_reader_init(&reader, input, findings, "tar");
    while ((status = sb_tar_reader_next(&reader, &entry, error)) == 0) {
        put_entry(findings, out, &entry);
        if (entry.type == '0' || entry.type == 0 || entry.type == '7') {
            struct sb_input *content = sb_tar_reader_open_data(&reader, &entry);
            status = sb_output_copy(contents, content, error);
            sb_input_close(content);
        }
        if (status < 0)
            break;
    }
    sb_tar_reader_release(&reader);
    return status < 0 ? -1 : 0;
}

static void print_findings(const struct sb_findings *findings) {
    bool any = false;
    for (size_t i = 0; i < findings->list.count; i++)
        any = any || findings->list.items[i].ambiguous;
    printf("%s", any ? "ambiguous" : "plain");
    for (size_t i = 0; i < findings->list.count; i++)
        printf(" %s", sb_finding_name(findings->list.items[i].kind));
    printf("\n");
}

int main(int argc, char **argv) {
    struct stat info;
    int fd = argc == 3 ? open(argv[2], O_RDONLY) : -1;
    if (fd < 0 || fstat(fd, &info) < 0)
        return 2;
    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_error error = SB_ERROR_INIT;
    struct sb_output_digest digest;
    struct sb_buf out = SB_BUF_INIT;
    struct sb_input *input = sb_input_file(fd, 0, (uint64_t)info.st_size);
    sb_output_digest_init(&digest, NULL);
    int status;
    if (strcmp(argv[1], "gzip") == 0) {
        input = sb_gzip_open(input, 0, &findings, "gzip");
        status = sb_output_copy(&digest.base, input, &error);
    } else {
        status = list_tar(input, &findings, &digest.base, &out, &error);
    }
    if (status < 0) {
        printf("refused %s\n", error.message);
    } else {
        char text[SB_DIGEST_TEXT];
        struct sb_digest contents = sb_sha256_final(&digest.hash);
        sb_digest_format(&contents, text);
        print_findings(&findings);
        printf("%s%s\n", sb_buf_string(&out), text);
    }
    sb_input_close(input);
    sb_buf_release(&out);
    sb_findings_release(&findings);
    close(fd);
    return 0;
}
