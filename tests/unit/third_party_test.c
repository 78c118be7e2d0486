/* Test data of other projects (read through SAMEBYTES_CORPUS), each with the answer that its own
 * project expects: ORIGIN.md beside it. */
#include <stdlib.h>

#include "codec/deflate_trace.h"
#include "codec/gzip.h"
#include "codec/zstd.h"
#include "io/output.h"
#include "tap.h"
#include "tar/reader.h"
#include "json/value.h"

enum answer { ANSWER_ACCEPTED, ANSWER_REFUSED };

/* Files whose answer here is another than their project's, and why. */
static const struct exception {
    const char *name;
    enum answer answer;
    const char *reason;
} exceptions[] = {
    {"truncated_huff_state.zst", ANSWER_ACCEPTED, "libzstd 1.5.4 decodes it"},
    {"zeroSeq_2B.zst", ANSWER_REFUSED, "libzstd 1.5.4 refuses it"},
    {"test_read_format_tar_empty_filename.tar", ANSWER_ACCEPTED, "the root folder, as engines say"},
};

static struct sb_findings findings;
static struct sb_error error;
static bool ambiguous;

static void look_at_findings(void) {
    for (size_t i = 0; i < findings.list.count; i++)
        ambiguous = ambiguous || findings.list.items[i].ambiguous;
}

static enum answer read_tar(struct sb_input *input, bool contents) {
    struct sb_tar_reader reader;
    struct sb_tar_entry entry;
    int status;
    sb_tar_reader_init(&reader, input, &findings, "tar");
    while ((status = sb_tar_reader_next(&reader, &entry, &error)) == 0) {
        if (!contents || entry.size > (64u << 20))
            continue;
        struct sb_buf bytes = SB_BUF_INIT;
        struct sb_output_buf output;
        struct sb_input *data = sb_tar_reader_open_data(&reader, &entry);
        sb_output_to_buf(&output, &bytes);
        status = sb_output_copy(&output.base, data, &error);
        sb_input_close(data);
        sb_buf_release(&bytes);
        if (status < 0)
            break;
    }
    sb_tar_reader_release(&reader);
    sb_input_close(input);
    return status < 0 ? ANSWER_REFUSED : ANSWER_ACCEPTED;
}

static enum answer read_stream(struct sb_input *input) {
    struct sb_buf bytes = SB_BUF_INIT;
    struct sb_output_buf output;
    sb_output_to_buf(&output, &bytes);
    int status = sb_output_copy(&output.base, input, &error);
    sb_input_close(input);
    sb_buf_release(&bytes);
    return status < 0 ? ANSWER_REFUSED : ANSWER_ACCEPTED;
}

static enum answer read_json(struct sb_span text) {
    struct sb_arena arena = SB_ARENA_INIT;
    struct sb_json *value;
    int status = sb_json_parse(text, &arena, &findings, "json", &value, &error);
    sb_arena_release(&arena);
    return status < 0 ? ANSWER_REFUSED : ANSWER_ACCEPTED;
}

static void ignore(void *visitor, const struct sb_deflate_step *step) {
    (void)visitor, (void)step;
}

static enum answer read_deflate(struct sb_span data) {
    struct sb_buf bytes = SB_BUF_INIT;
    int status = sb_deflate_trace(data, &bytes, ignore, NULL, &error);
    sb_buf_release(&bytes);
    return status < 0 ? ANSWER_REFUSED : ANSWER_ACCEPTED;
}

static bool ends(const char *text, const char *suffix) {
    return sb_span_ends(sb_span_string(text), suffix);
}

static enum answer read_file(const char *name, struct sb_span data) {
    if (ends(name, ".tar"))
        return read_tar(sb_input_memory(data), true);
    if (ends(name, ".tar.gz"))
        return read_tar(sb_gzip_open(sb_input_memory(data), 0, &findings, name), true);
    if (ends(name, ".zst"))
        return read_stream(sb_zstd_open(sb_input_memory(data), &findings, name));
    if (ends(name, ".json"))
        return read_json(data);
    return read_deflate(data);
}

static bool load(const char *folder, const char *name, struct sb_buf *data) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    for (;;) {
        size_t got = fread(sb_buf_reserve(data, 65536), 1, 65536, file);
        data->size += got;
        if (got == 0)
            break;
    }
    fclose(file);
    return true;
}

/* What its project expects against what came out. A refusal as ambiguous is right of a file that
 * its own project reads: engines refuse it (old sparse files). */
static bool is_right(const char *expected, enum answer answer) {
    if (strstr(expected, "error or"))
        return answer == ANSWER_REFUSED || findings.list.count > 0;
    if (strncmp(expected, "error", 5) == 0)
        return answer == ANSWER_REFUSED;
    if (strstr(expected, "free to accept") || strstr(expected, "data missing") ||
        strstr(expected, "a limit is right too"))
        return true;
    return answer == ANSWER_ACCEPTED || error.kind == SB_ERROR_AMBIGUOUS;
}

static const struct exception *find_exception(const char *name, enum answer answer) {
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (strcmp(exceptions[i].name, name) == 0 && exceptions[i].answer == answer)
            return &exceptions[i];
    return NULL;
}

static void check(const char *folder, char *row) {
    char *cells[8] = {0};
    size_t count = 0;
    for (char *cell = strtok(row, "|"); cell && count < 7; cell = strtok(NULL, "|")) {
        while (*cell == ' ')
            cell++;
        for (size_t i = strlen(cell); i > 0 && strchr(" \n", cell[i - 1]); i--)
            cell[i - 1] = 0;
        cells[count++] = cell;
    }
    struct sb_buf data = SB_BUF_INIT;
    if (count < 7 || ends(cells[0], ".Z") || strstr(cells[6], "recognised") ||
        strstr(cells[6], "data for deflate") || !load(folder, cells[0], &data))
        return;
    findings = (struct sb_findings)SB_FINDINGS_INIT;
    ambiguous = false;
    enum answer answer = read_file(cells[0], sb_buf_span(&data));
    look_at_findings();
    const struct exception *exception = find_exception(cells[0], answer);
    struct sb_buf detail = SB_BUF_INIT;
    sb_buf_appendf(&detail, "%s%s; its project: %s%s%s",
                   answer == ANSWER_ACCEPTED ? "accepted" : error.message,
                   ambiguous ? ", ambiguous" : "", cells[6], exception ? "; here: " : "",
                   exception ? exception->reason : "");
    tap_case(exception || is_right(cells[6], answer), cells[0], sb_buf_string(&detail));
    sb_buf_release(&detail);
    sb_findings_release(&findings);
    sb_buf_release(&data);
}

int main(int argc, char **argv) {
    tap_begin(argc, argv);
    const char *corpus = getenv("SAMEBYTES_CORPUS");
    char folder[2048], path[4096], row[8192];
    snprintf(folder, sizeof folder, "%s/hostile/dev/third-party", corpus ? corpus : "");
    snprintf(path, sizeof path, "%s/ORIGIN.md", folder);
    FILE *table = corpus ? fopen(path, "r") : NULL;
    if (!table) {
        printf("ok 1 # skip SAMEBYTES_CORPUS is not set\n1..1\n");
        return 0;
    }
    while (fgets(row, sizeof row, table))
        if (row[0] == '|' && strncmp(row, "| file", 6) != 0 && strncmp(row, "|---", 4) != 0)
            check(folder, row);
    fclose(table);
    return tap_finish();
}
