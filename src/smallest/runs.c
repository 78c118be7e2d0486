#include "smallest/runs.h"

enum {
    SHORT_RUN = 16, /* any place in a run that is shorter may be a cut */
    HEAD = 6,       /* else its first places */
    TAIL = 9        /* and its last */
};

static void find_runs(struct sb_runs *runs) {
    int last[256];
    int size = (int)runs->data.size;
    memset(last, -1, sizeof last);
    runs->count = 0;
    for (int begin = 0, end; begin < size; begin = end) {
        unsigned char byte = runs->data.data[begin];
        for (end = begin; end < size && runs->data.data[end] == byte; end++)
            runs->run_at[end] = (int16_t)runs->count;
        runs->list[runs->count] = (struct sb_run){begin, end, last[byte]};
        last[byte] = runs->count++;
    }
}

static void cut(struct sb_runs *runs, int from, int to) {
    for (int at = from; at < to; at++)
        runs->next_cut[at] = 1;
}

/* Inside of a long run matches part only where another run of the byte would end, or where the
 * longest match does. */
static void cut_run(struct sb_runs *runs, const struct sb_run *run, int longest) {
    int length = run->end - run->begin;
    if (length <= SHORT_RUN) {
        cut(runs, run->begin, run->end);
        return;
    }
    cut(runs, run->begin, run->begin + HEAD);
    cut(runs, run->end - TAIL, run->end);
    for (int at = longest; at < length; at += longest) {
        cut(runs, run->begin + at, run->begin + at + 1);
        cut(runs, run->end - at, run->end - at + 1);
    }
    for (int i = run->previous; i >= 0; i = runs->list[i].previous) {
        int other = runs->list[i].end - runs->list[i].begin;
        if (other < length) {
            cut(runs, run->begin + other, run->begin + other + 1);
            cut(runs, run->end - other, run->end - other + 1);
        }
    }
}

void sb_runs_find(struct sb_runs *runs, struct sb_span data, int longest) {
    int size = (int)data.size, next = size + 1;
    runs->data = data;
    find_runs(runs);
    memset(runs->next_cut, 0, (size_t)(size + 2) * sizeof *runs->next_cut);
    for (int i = 0; i < runs->count; i++)
        cut_run(runs, &runs->list[i], longest);
    runs->next_cut[size] = 1;
    runs->next_cut[size + 1] = (int16_t)next;
    for (int at = size; at >= 0; at--) {
        if (runs->next_cut[at])
            next = at;
        runs->next_cut[at] = (int16_t)next;
    }
}

void sb_runs_divide(struct sb_runs *runs, int at) {
    for (int i = at; i >= 0 && runs->next_cut[i] > at; i--)
        runs->next_cut[i] = (int16_t)at;
}

int sb_runs_common(const struct sb_runs *runs, int a, int b) {
    int size = (int)runs->data.size, length = 0;
    while (b + length < size && runs->data.data[a + length] == runs->data.data[b + length])
        length++;
    return length;
}

int sb_runs_match(const struct sb_runs *runs, int at, struct sb_match *matches) {
    const struct sb_run *own = &runs->list[runs->run_at[at]];
    int rest = own->end - at, count = 0;
    if (at > own->begin)
        matches[count++] = (struct sb_match){rest, 1};
    for (int i = own->previous; i >= 0; i = runs->list[i].previous) {
        const struct sb_run *other = &runs->list[i];
        int from = other->end - rest, length = other->end - other->begin;
        if (length >= rest) {
            /* Both end together, so that what follows may go on. */
            int more = sb_runs_common(runs, other->end, own->end);
            matches[count++] = (struct sb_match){rest + more, at - from};
        } else {
            matches[count++] = (struct sb_match){length, at - other->begin};
        }
    }
    return count;
}
