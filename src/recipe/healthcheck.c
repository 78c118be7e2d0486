/* HEALTHCHECK [--interval= --timeout= --start-period= --start-interval= --retries=] CMD …|NONE */
#include "base/number.h"
#include "engines/marked_json.h"
#include "recipe/internal.h"

enum { INTERVAL, TIMEOUT, START_PERIOD, START_INTERVAL, DURATIONS };

static const struct {
    const char *flag, *member;
} durations[DURATIONS] = {{"--interval=", "Interval"},
                          {"--timeout=", "Timeout"},
                          {"--start-period=", "StartPeriod"},
                          {"--start-interval=", "StartInterval"}};

struct healthcheck {
    uint64_t nanoseconds[DURATIONS], retries;
    sb_words test;
};

static int take_flag(struct healthcheck *check, struct sb_span flag, struct sb_error *error) {
    for (size_t i = 0; i < DURATIONS; i++) {
        if (!sb_span_starts(flag, durations[i].flag))
            continue;
        struct sb_span value = sb_span_from(flag, strlen(durations[i].flag));
        if (!sb_go_parse_duration(value, &check->nanoseconds[i]) ||
            (check->nanoseconds[i] && check->nanoseconds[i] < 1000000))
            return sb_error_set(error, SB_ERROR_USAGE,
                                "%.*s: no time of at least 1ms, like 30s or 1m30s", SB_SPAN(flag));
        return 0;
    }
    if (sb_span_starts(flag, "--retries=") &&
        sb_number_decimal(sb_span_from(flag, 10), INT32_MAX, &check->retries))
        return 0;
    return sb_error_set(error, SB_ERROR_USAGE, "%.*s: no such flag, or no such value",
                        SB_SPAN(flag));
}

static bool is_word(struct sb_span word, const char *upper) {
    size_t i = 0;
    for (; i < word.size && upper[i]; i++)
        if ((word.data[i] & 0xdf) != upper[i])
            return false;
    return i == word.size && !upper[i];
}

static int parse(struct sb_plan *plan, struct healthcheck *check, struct sb_span rest,
                 struct sb_error *error) {
    while (sb_span_starts(rest, "--"))
        if (take_flag(check, sb_words_take(&rest), error) < 0)
            return -1;
    struct sb_span kind = sb_words_take(&rest);
    if (is_word(kind, "NONE")) {
        *sb_vec_push(&check->test) = sb_span_string("NONE");
        return rest.size ? sb_error_set(error, SB_ERROR_USAGE, "NONE takes no arguments") : 0;
    }
    if (!is_word(kind, "CMD") || rest.size == 0)
        return sb_error_set(error, SB_ERROR_USAGE, "it needs CMD and a command, or NONE");
    *sb_vec_push(&check->test) = sb_span_string("CMD");
    if (sb_words_json(rest, &plan->arena, &check->test) == 0)
        return check->test.count > 1 ? 0
                                     : sb_error_set(error, SB_ERROR_USAGE, "CMD has no command");
    check->test.items[0] = sb_span_string("CMD-SHELL");
    *sb_vec_push(&check->test) = rest;
    return 0;
}

/* The struct as Go prints it with its members' names, "%+v", from 29 on. */
static void say_named(struct sb_plan *plan, const struct healthcheck *check) {
    struct sb_buf said = SB_BUF_INIT;
    sb_buf_appendf(
        &said, "HEALTHCHECK %s{Test:", plan->builder->health == SB_HEALTH_NAMED_VALUE ? "" : "&");
    sb_go_list(&said, &check->test);
    for (size_t i = 0; i < DURATIONS; i++) {
        sb_buf_appendf(&said, " %s:", durations[i].member);
        sb_go_duration(&said, check->nanoseconds[i]);
    }
    sb_plan_say(plan, "%s Retries:%llu}", sb_buf_string(&said), (unsigned long long)check->retries);
    sb_buf_release(&said);
}

/* The struct as Go prints it, "%q" or "%v". */
static void say(struct sb_plan *plan, const struct healthcheck *check) {
    struct sb_buf said = SB_BUF_INIT;
    bool less = plan->builder->health == SB_HEALTH_QUOTED_LESS;
    bool quoted = less || plan->builder->health == SB_HEALTH_QUOTED;
    sb_buf_append_string(&said, "HEALTHCHECK &{");
    if (quoted)
        sb_go_quote_list(&said, &check->test);
    else
        sb_go_list(&said, &check->test);
    for (size_t i = 0; i < DURATIONS; i++) {
        if (i == START_INTERVAL && less)
            continue;
        sb_buf_append_string(&said, quoted ? " \"" : " ");
        sb_go_duration(&said, check->nanoseconds[i]);
        sb_buf_append_string(&said, quoted ? "\"" : "");
    }
    sb_buf_append_byte(&said, ' ');
    if (quoted)
        sb_go_rune(&said, (uint32_t)check->retries);
    else
        sb_buf_appendf(&said, "%llu", (unsigned long long)check->retries);
    sb_plan_say(plan, "%s}", sb_buf_string(&said));
    sb_buf_release(&said);
}

int sb_plan_healthcheck(struct sb_plan *plan, const struct sb_instruction *instruction,
                        struct sb_error *error) {
    struct healthcheck check = {0};
    struct sb_arena *arena = &plan->arena;
    int status = parse(plan, &check, instruction->arguments, error);
    struct sb_json *json = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *test = sb_json_new(arena, SB_JSON_ARRAY);
    for (size_t i = 0; i < check.test.count; i++)
        sb_json_append(test, sb_mark_string(arena, check.test.items[i], SB_HEADING_SOURCE));
    sb_json_add(json, "Test", test);
    for (size_t i = 0; i < DURATIONS; i++)
        if (check.nanoseconds[i])
            sb_json_add(
                json, durations[i].member,
                sb_mark(sb_json_new_number(arena, check.nanoseconds[i]), SB_HEADING_SOURCE));
    if (check.retries)
        sb_json_add(json, "Retries",
                    sb_mark(sb_json_new_number(arena, check.retries), SB_HEADING_SOURCE));
    plan->healthcheck = json;
    enum sb_health health = plan->builder->health;
    if (health == SB_HEALTH_NAMED || health == SB_HEALTH_NAMED_VALUE)
        say_named(plan, &check);
    else
        say(plan, &check);
    sb_vec_release(&check.test);
    return status;
}
