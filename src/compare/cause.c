#include "compare/cause.h"

#include "base/glob.h"
#include "compare/content.h"

/* Where the brace that open begins ends; NULL. */
static const unsigned char *closing(const unsigned char *open, const unsigned char *end) {
    size_t depth = 0;
    for (; open < end; open++) {
        depth += *open == '{';
        depth -= *open == '}';
        if (depth == 0)
            return open;
    }
    return NULL;
}

/* {a,b} in a pattern is one of them, and may have others in it; what is left is a pattern of
 * base/glob.h. */
static bool matches(struct sb_span pattern, struct sb_span path) {
    const unsigned char *open = memchr(pattern.data, '{', pattern.size);
    const unsigned char *close = open ? closing(open, pattern.data + pattern.size) : NULL;
    if (!close)
        return sb_glob_matches(pattern, path);
    size_t before = (size_t)(open - pattern.data), depth = 0;
    struct sb_span rest = sb_span_from(pattern, (size_t)(close - pattern.data) + 1);
    bool found = false;
    for (const unsigned char *from = open + 1, *to = from; to <= close && !found; to++) {
        depth += *to == '{';
        if (to < close && (depth || *to != ',')) {
            depth -= *to == '}';
            continue;
        }
        struct sb_buf one = SB_BUF_INIT;
        sb_buf_append(&one, pattern.data, before);
        sb_buf_append(&one, from, (size_t)(to - from));
        sb_buf_append_span(&one, rest);
        found = matches(sb_buf_span(&one), path);
        sb_buf_release(&one);
        from = to + 1;
    }
    return found;
}

/* The two sides of a difference, read once for all rows. A side that has no file is empty. */
struct contents {
    const struct sb_difference *difference;
    struct sb_buf a, b;
    bool readable; /* both, where they are there, are files or folders within the limits */
};

static bool is_plain(const struct sb_entry *entry) {
    return !entry || entry->type == '0' || entry->type == '5';
}

static uint64_t size_of(const struct sb_entry *entry) {
    return entry && entry->type == '0' ? entry->size : 0;
}

static int read_contents(struct contents *contents, uint64_t *left, const struct sb_spool *spool,
                         struct sb_error *error) {
    const struct sb_difference *difference = contents->difference;
    const struct sb_entry *a = difference->file_a.entry, *b = difference->file_b.entry;
    uint64_t both = size_of(a) + size_of(b);
    contents->readable = is_plain(difference->entry_a) && is_plain(difference->entry_b) &&
                         size_of(a) <= SB_LIMIT_STRIPPED && size_of(b) <= SB_LIMIT_STRIPPED &&
                         both <= *left;
    if (!contents->readable)
        return 0;
    *left -= both;
    return sb_difference_read(&difference->file_a, spool, &contents->a, error) < 0 ||
                   sb_difference_read(&difference->file_b, spool, &contents->b, error) < 0
               ? -1
               : 0;
}

static void release_contents(struct contents *contents) {
    sb_buf_release(&contents->a);
    sb_buf_release(&contents->b);
}

/* Without the whole lines that both begin with, and those that both end with. */
static void take_lines_off(struct sb_span *a, struct sb_span *b) {
    size_t least = a->size < b->size ? a->size : b->size, same = 0, line = 0;
    for (; same < least && a->data[same] == b->data[same]; same++)
        if (a->data[same] == '\n')
            line = same + 1;
    *a = sb_span_from(*a, line);
    *b = sb_span_from(*b, line);
    least -= line;
    line = 0;
    for (same = 0; same < least && a->data[a->size - 1 - same] == b->data[b->size - 1 - same];
         same++)
        if (a->data[a->size - 1 - same] == '\n')
            line = same;
    a->size -= line;
    b->size -= line;
}

enum proof { EQUAL, UNEQUAL, OF_NO_SUCH_FORM };

static enum proof prove(const struct contents *contents, sb_strip *strip) {
    struct sb_buf a = SB_BUF_INIT, b = SB_BUF_INIT;
    const struct sb_difference *difference = contents->difference;
    bool entry = strcmp(difference->kind, "entry") == 0;
    struct sb_span x = sb_buf_span(&contents->a), y = sb_buf_span(&contents->b);
    if (sb_strip_is_by_line(strip))
        take_lines_off(&x, &y);
    bool good = (entry && !difference->file_a.entry) || strip(x, &a);
    good = good && ((entry && !difference->file_b.entry) || strip(y, &b));
    bool equal = good && sb_span_equal(sb_buf_span(&a), sb_buf_span(&b));
    sb_buf_release(&a);
    sb_buf_release(&b);
    return !good ? OF_NO_SUCH_FORM : equal ? EQUAL : UNEQUAL;
}

/* What a disposable place does not excuse. */

static bool can_be_run(const struct sb_entry *entry, struct sb_span content) {
    return entry && entry->type == '0' &&
           (entry->mode & 06111 || sb_span_starts(content, "#!") ||
            sb_span_starts(content, "\177ELF") || sb_span_starts(content, "MZ"));
}

/* What a program loads and runs, whatever its mode is; serialised objects among it. */
static bool has_name_of_code(struct sb_span path) {
    static const char homes[] =
        "{root,home/*}/.cache/{huggingface,torch,node,pypoetry/virtualenvs,uv,pre-commit}/**";
    return matches(sb_span_string(homes), path) ||
           matches(
               sb_span_string(
                   "**/*.{py,pyc,pyo,pth,sh,bash,js,mjs,cjs,ts,rb,pl,pm,php,lua,tcl,awk,r,sql,go,c,"
                   "cc,cpp,h,rs,java,kt,class,jar,war,wasm,so,so.*,node,dll,exe,ps1,bat,pkl,pt,"
                   "ckpt,joblib,elc,el,scm,groovy,gradle,cmake}"),
               path);
}

static bool is_key(struct sb_span content) {
    static const char *const marks[] = {"PRIVATE KEY", "AGE-SECRET-KEY-", "PuTTY-User-Key-File"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (content.size && memmem(content.data, content.size, marks[i], strlen(marks[i])))
            return true;
    return false;
}

/* Whether a hard link in its layer gives it another name, which is not looked at. */
static bool has_other_names(const struct sb_layer *layer, const struct sb_entry *entry) {
    if (!layer || !entry || layer->hard_links == 0)
        return false;
    for (size_t i = 0; i < layer->entries.count; i++) {
        const struct sb_entry *other = &layer->entries.items[i];
        if (other->type == '1' && sb_layer_file_of(layer, other) == entry)
            return true;
    }
    return false;
}

static bool is_of_disposable_kind(const char *kind) {
    static const char *const kinds[] = {"content", "entry", "mtime", "whiteout"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i], kind) == 0)
            return true;
    return false;
}

/* Why not; NULL where it is. */
static const char *not_disposable(const struct contents *contents) {
    const struct sb_difference *difference = contents->difference;
    struct sb_span a = sb_buf_span(&contents->a), b = sb_buf_span(&contents->b);
    if (!is_of_disposable_kind(difference->kind))
        return "but it is not its content that differs";
    if (!contents->readable)
        return "but it is no plain file, or too large to be looked into";
    if (sb_span_starts(sb_difference_path(difference), "etc/"))
        return "but it is below /etc";
    if (difference->package)
        return "but it is a package's file";
    if (can_be_run(difference->entry_a, a) || can_be_run(difference->entry_b, b) ||
        has_name_of_code(sb_difference_path(difference)))
        return "but it can be run";
    if (has_other_names(difference->layer_a, difference->entry_a) ||
        has_other_names(difference->layer_b, difference->entry_b))
        return "but it has other names";
    if (is_key(a) || is_key(b))
        return "but it is a key";
    return NULL;
}

/* The row of a difference. */

static bool is_candidate(const struct sb_cause *cause, const struct sb_difference *difference) {
    bool config = strcmp(difference->kind, "config") == 0;
    bool any = strcmp(cause->kind, "*") == 0 && !config;
    struct sb_span path =
        config ? sb_span_string(difference->where) : sb_difference_path(difference);
    return path.size && (any || strcmp(cause->kind, difference->kind) == 0) &&
           matches(sb_span_string(cause->pattern), path);
}

/* Strips that take out what could be data of any text: dates, times, an order. */
static bool is_of_any_text(const struct sb_cause *cause) {
    static sb_strip *const strips[] = {sb_strip_dates, sb_strip_times, sb_strip_line_order,
                                       sb_strip_json_order};
    for (size_t i = 0; i < sizeof strips / sizeof *strips; i++)
        if (cause->strip == strips[i] && strcmp(cause->kind, "config") != 0)
            return true;
    return false;
}

/* Where they mean something: in what is run, in settings, in lists of versions, in keys. */
static bool has_a_meaning(const struct contents *contents) {
    const struct sb_difference *difference = contents->difference;
    struct sb_span path = sb_difference_path(difference);
    static const char settings[] =
        "**/{*.{conf,cfg,cnf,ini,yaml,yml,toml,env,lock,rules,policy,service,timer},.env,"
        "requirements*.txt,constraints*.txt,CMakeLists.txt,Makefile,package.json,composer.json,"
        ".ssh/**,authorized_keys}";
    return sb_span_starts(path, "etc/") || has_name_of_code(path) ||
           matches(sb_span_string(settings), path) ||
           can_be_run(difference->entry_a, sb_buf_span(&contents->a)) ||
           can_be_run(difference->entry_b, sb_buf_span(&contents->b)) ||
           !sb_strip_is_text(sb_buf_span(&contents->a)) ||
           !sb_strip_is_text(sb_buf_span(&contents->b));
}

static void looks_like(struct sb_comparison *result, struct sb_difference *difference,
                       const struct sb_cause *cause, const char *but) {
    if (!difference->looks_like)
        difference->looks_like =
            sb_arena_printf(&result->arena, "%s%s%s", cause->name, but ? ", " : "", but ? but : "");
}

/* Whether the row is the cause. */
static bool try_cause(struct sb_comparison *result, struct sb_difference *difference,
                      const struct contents *contents, const struct sb_cause *cause) {
    const char *but = cause->class == SB_CAUSE_DISPOSABLE ? not_disposable(contents) : NULL;
    if (cause->class == SB_CAUSE_DISPOSABLE) {
        /* Of a package's file something louder is said. */
        if (but && !difference->package)
            looks_like(result, difference, cause, but);
        return !but;
    }
    enum proof proof = EQUAL;
    if (cause->strip)
        proof = contents->readable ? prove(contents, cause->strip) : OF_NO_SUCH_FORM;
    if (cause->class == SB_CAUSE_LABEL ||
        (proof == EQUAL && is_of_any_text(cause) && has_a_meaning(contents))) {
        if (proof == EQUAL)
            looks_like(result, difference, cause, NULL);
        return false;
    }
    if (proof == UNEQUAL && strcmp(cause->pattern, "**") != 0)
        looks_like(result, difference, cause, "but more than that differs");
    return proof == EQUAL;
}

/* Values of the configuration are texts as they are. */
static void take_values(struct contents *contents) {
    const struct sb_difference *difference = contents->difference;
    contents->readable = difference->a && difference->b;
    if (contents->readable) {
        sb_buf_append_string(&contents->a, difference->a);
        sb_buf_append_string(&contents->b, difference->b);
    }
}

static int apply(struct sb_comparison *result, struct sb_difference *difference, uint64_t *left,
                 const struct sb_spool *spool, struct sb_error *error) {
    struct contents contents = {.difference = difference};
    bool read = false;
    int status = 0;
    for (size_t i = 0; i < sb_cause_count && !difference->cause && status == 0; i++) {
        if (!is_candidate(&sb_causes[i], difference))
            continue;
        if (!read && strcmp(difference->kind, "config") == 0)
            take_values(&contents);
        else if (!read)
            status = read_contents(&contents, left, spool, error);
        read = true;
        if (status == 0 && try_cause(result, difference, &contents, &sb_causes[i]))
            difference->cause = &sb_causes[i];
    }
    if (!difference->cause)
        difference->cause = difference->otherwise;
    if (difference->cause)
        difference->looks_like = NULL;
    else if (difference->package && strcmp(difference->kind, "content") == 0)
        /* The loudest of all: somebody changed what a package brought. */
        difference->looks_like =
            sb_arena_printf(&result->arena, "%s%sa file of %s%s",
                            difference->looks_like ? difference->looks_like : "",
                            difference->looks_like ? "; " : "", difference->package,
                            difference->package_moved ? ", which does not bring this"
                                                      : " on both sides, patched or damaged");
    release_contents(&contents);
    return status;
}

int sb_causes_apply(struct sb_comparison *result, const struct sb_spool *spool,
                    struct sb_error *error) {
    uint64_t left = SB_LIMIT_STRIPPED_ALL;
    for (size_t i = 0; i < result->differences.count; i++)
        if (apply(result, &result->differences.items[i], &left, spool, error) < 0)
            return -1;
    sb_causes_apply_to_groups(result);
    return 0;
}
