/* Differences by what causes them, each in one group. */
#include "compare/cause.h"
#include "report/answer.h"

struct group {
    const char *name, *class, *cure; /* cure: NULL where nothing is known */
    const struct sb_difference *first;
    uint64_t count;
};

typedef SB_VEC(struct group) groups;

/* What a difference is grouped by. */
static struct group group_of(const struct sb_difference *difference) {
    struct group group = {.first = difference, .count = 1};
    if (difference->reason) {
        group.name = "allowed";
    } else if (difference->cause) {
        group.name = difference->cause->name;
        group.class = sb_cause_class_name(difference->cause->class);
        group.cure = difference->cause->cure;
    } else {
        group.name = strcmp(difference->kind, "config") == 0 ? "settings" : "unknown";
    }
    return group;
}

/* Settings and what nobody knows first, as a person has to read them; then the largest. */
static int rank_of(const struct group *group) {
    if (strcmp(group->name, "settings") == 0)
        return 0;
    return strcmp(group->name, "unknown") == 0 ? 1 : strcmp(group->name, "allowed") == 0 ? 3 : 2;
}

static int compare_groups(const void *a, const void *b) {
    const struct group *x = a, *y = b;
    if (rank_of(x) != rank_of(y))
        return rank_of(x) - rank_of(y);
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->name, y->name);
}

static void collect(const struct sb_comparison *result, groups *all) {
    for (size_t i = 0; i < result->differences.count; i++) {
        struct group one = group_of(&result->differences.items[i]);
        size_t at = 0;
        while (at < all->count && strcmp(all->items[at].name, one.name) != 0)
            at++;
        if (at < all->count)
            all->items[at].count++;
        else
            *sb_vec_push(all) = one;
    }
    sb_vec_sort(all, compare_groups);
}

void answer_json_groups(struct json *json, const struct sb_comparison *result) {
    groups all = {0};
    collect(result, &all);
    json_open(json, "groups", '[');
    for (size_t i = 0; i < all.count; i++) {
        const struct group *group = &all.items[i];
        json_open(json, NULL, '{');
        json_string(json, "name", group->name);
        json_string(json, "class", group->class);
        json_number(json, "count", group->count);
        json_string(json, "where", group->first->where);
        json_string(json, "a", group->first->a);
        json_string(json, "b", group->first->b);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_open(json, "cures", '[');
    for (size_t i = 0; i < all.count; i++) {
        if (!all.items[i].cure)
            continue;
        json_open(json, NULL, '{');
        json_string(json, "cause", all.items[i].name);
        json_number(json, "differences", all.items[i].count);
        json_string(json, "cure", all.items[i].cure);
        json_close(json, '}');
    }
    json_close(json, ']');
    sb_vec_release(&all);
}
