/* --chown=NAME and USER NAME: looked up in the files of the stage that is being built, as engines
 * do. */
#include "base/limits.h"
#include "base/number.h"
#include "recipe/internal.h"

/* The field of a line at number, between colons. */
static struct sb_span field(struct sb_span line, unsigned number) {
    for (;; number--) {
        const unsigned char *colon = line.size ? memchr(line.data, ':', line.size) : NULL;
        size_t size = colon ? (size_t)(colon - line.data) : line.size;
        if (number == 0)
            return sb_span_of(line.data, size);
        line = sb_span_from(line, size + 1);
    }
}

/* The numbers of a name in /etc/passwd or /etc/group: the third field, and of a user the fourth. */
static bool find_name(struct sb_span text, struct sb_span name, uint32_t *id, uint32_t *group) {
    while (text.size) {
        const unsigned char *end = memchr(text.data, '\n', text.size);
        struct sb_span line = sb_span_of(text.data, end ? (size_t)(end - text.data) : text.size);
        uint64_t first, second = 0;
        text = sb_span_from(text, line.size + 1);
        if (!sb_span_equal(field(line, 0), name) ||
            !sb_number_decimal(field(line, 2), UINT32_MAX, &first) ||
            (group && !sb_number_decimal(field(line, 3), UINT32_MAX, &second)))
            continue;
        *id = (uint32_t)first;
        if (group)
            *group = (uint32_t)second;
        return true;
    }
    return false;
}

static int look_up(const struct sb_plan *plan, const char *file, struct sb_span name, uint32_t *id,
                   uint32_t *group, struct sb_error *error) {
    const struct sb_plan_entry *entry = sb_plan_entry_at(plan, sb_span_string(file));
    struct sb_buf text = SB_BUF_INIT;
    if (entry && entry->type != '0')
        return sb_error_set(error, SB_ERROR_UNBUILT, "/%s is no file, so '%.*s' is not looked up",
                            file, SB_SPAN(name));
    int status =
        entry ? sb_range_read(entry->content, SB_LIMIT_JSON_SIZE_STANDARD, &text, error) : 0;
    if (status == 0 && !find_name(sb_buf_span(&text), name, id, group))
        status =
            sb_error_set(error, SB_ERROR_USAGE, "'%.*s' is not in the stage's /%s; give its number",
                         SB_SPAN(name), file);
    sb_buf_release(&text);
    return status;
}

int sb_plan_owner(const struct sb_plan *plan, struct sb_span text, uint32_t *uid, uint32_t *gid,
                  struct sb_error *error) {
    const unsigned char *colon = text.size ? memchr(text.data, ':', text.size) : NULL;
    struct sb_span user = sb_span_of(text.data, colon ? (size_t)(colon - text.data) : text.size);
    bool by_user = plan->builder->group_by_user;
    struct sb_span group = colon     ? sb_span_from(text, user.size + 1)
                           : by_user ? user
                                     : sb_span_of(NULL, 0);
    uint64_t number;
    if (sb_number_decimal(user, UINT32_MAX, &number))
        *uid = *gid = (uint32_t)number;
    else if (sb_span_is(user, "root"))
        *uid = *gid = 0;
    else if (look_up(plan, "etc/passwd", user, uid, gid, error) < 0)
        return -1;
    if (group.size == 0)
        return 0;
    if (sb_number_decimal(group, UINT32_MAX, &number))
        *gid = (uint32_t)number;
    else if (sb_span_is(group, "root"))
        *gid = 0;
    else
        return look_up(plan, "etc/group", group, gid, NULL, error);
    return 0;
}
