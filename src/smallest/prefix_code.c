#include "smallest/prefix_code.h"

#include <string.h>

enum { DEEPEST = 15, NODES = 2 * SB_PREFIX_SYMBOLS };

/* The symbols that occur, the rarest first; equal ones in their own order. */
static int sort_symbols(const int *counts, int size, int *order) {
    int used = 0;
    for (int symbol = 0; symbol < size; symbol++) {
        int at = used;
        if (counts[symbol] == 0)
            continue;
        for (; at > 0 && counts[order[at - 1]] > counts[symbol]; at--)
            order[at] = order[at - 1];
        order[at] = symbol;
        used++;
    }
    return used;
}

/* Joins the two lightest nodes until one is left; weight has the leaves first. Returns the depth,
 * and each node's in depths. */
static int join(long *weight, int leaves, int *depths) {
    int parent[NODES] = {0};
    int leaf = 0, node = leaves, end = leaves, deepest = 0;
    while (end < 2 * leaves - 1) {
        weight[end] = 0;
        for (int i = 0; i < 2; i++) {
            int lightest =
                leaf < leaves && (node >= end || weight[leaf] <= weight[node]) ? leaf++ : node++;
            weight[end] += weight[lightest];
            parent[lightest] = end;
        }
        end++;
    }
    depths[end - 1] = 0;
    for (int i = end - 2; i >= 0; i--) {
        depths[i] = depths[parent[i]] + 1;
        if (i < leaves && depths[i] > deepest)
            deepest = depths[i];
    }
    return deepest;
}

void sb_prefix_code_fit(const int *counts, int size, int longest, unsigned char *lengths) {
    int order[SB_PREFIX_SYMBOLS], depths[NODES];
    long weight[NODES];
    int used = sort_symbols(counts, size, order);
    for (int i = 0; i < size; i++)
        lengths[i] = 0;
    if (used == 1)
        lengths[order[0]] = 1;
    if (used < 2)
        return;
    long level = counts[order[used - 1]] / 8 + 1;
    for (int times = 0;; times++) {
        for (int i = 0; i < used; i++)
            weight[i] = counts[order[i]] + times * level;
        if (join(weight, used, depths) <= longest)
            break;
    }
    for (int i = 0; i < used; i++)
        lengths[order[i]] = (unsigned char)depths[i];
}

bool sb_prefix_code_complete(const unsigned char *lengths, int size) {
    long room = 1L << DEEPEST;
    for (int i = 0; i < size; i++)
        if (lengths[i])
            room -= 1L << (DEEPEST - lengths[i]);
    return room == 0;
}
