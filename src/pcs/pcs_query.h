/* Sets of query indices, for prover and verifier. Freestanding, all inline. */
#pragma once
#include <stdint.h>

/* Sorts ascending (D. Shell 1959, gaps of M. Ciura 2001) and drops repetitions; returns how many are left. */
static inline uint32_t hb_pcs_sort_unique(uint32_t *index, uint32_t n)
{
    static const uint32_t gaps[] = {132, 57, 23, 10, 4, 1};
    for (uint32_t g = 0; g < sizeof gaps / sizeof gaps[0]; g++)
        for (uint32_t gap = gaps[g], i = gap; i < n; i++) {
            uint32_t x = index[i], j = i;
            for (; j >= gap && index[j - gap] > x; j -= gap)
                index[j] = index[j - gap];
            index[j] = x;
        }
    uint32_t unique = 0;
    for (uint32_t i = 0; i < n; i++)
        if (unique == 0 || index[unique - 1] != index[i])
            index[unique++] = index[i];
    return unique;
}

/* Position of x, which is there, in a strictly ascending list. */
static inline uint32_t hb_pcs_find(const uint32_t *list, uint32_t n, uint32_t x)
{
    uint32_t lo = 0;
    for (uint32_t hi = n; hi - lo > 1;) {
        uint32_t mid = lo + (hi - lo) / 2;
        *(list[mid] <= x ? &lo : &hi) = mid;
    }
    return lo;
}
