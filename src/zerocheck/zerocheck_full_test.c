/* The shapes that take the slow prover longest: 17 tiles, stored as 18, the last one padding only, and 33 tiles beside small tables. */
#define HB_ZEROCHECK_SHAPES                                                                                             \
    {"padding tile of garbage", {1100, 4096, 200, 65541, UINT32_MAX, 40, 20}, true},                                     \
        {"padding tile of zeros", {1100, 4096, 200, 65541, UINT32_MAX, 40, 20}, false},                                  \
        {"33 tiles", {133000, 4096, 200, 300, UINT32_MAX, 133120, 20}, true},
#include "zerocheck/zerocheck_test.c"
