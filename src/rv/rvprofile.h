/* Where a guest spends: a tree of calls, weighted by what proving each instruction costs. Hosted.
 *
 * Calls are told by the calling convention: JAL and JALR that link to x1 go down, JALR x0 through x1 goes up to the caller's function, any other jump into another function replaces
 * the function on top (a tail call). Functions are those of the ELF file's symbols. */
#pragma once
#include "rv/interp.h"

#define HB_RV_PROFILE_NONE UINT32_MAX
#define HB_RV_PROFILE_DEPTH 256u /* deeper calls are booked where the limit was reached */

typedef struct hb_rv_profile_node {
    const char *function;      /* belongs to the program; "(no symbol)" */
    uint32_t parent, child, next; /* node numbers, HB_RV_PROFILE_NONE: none. parent < own number; next: the parent's next child */
    uint64_t cycles;           /* instructions in this function, called this way, without what it calls */
    double cost;               /* the same, weighted */
} hb_rv_profile_node;

typedef struct hb_rv_profile {
    hb_rv_profile_node *nodes; /* [0] is the root, whose function is "all" */
    uint32_t n, capacity;
    uint64_t cycles;
    double cost;
} hb_rv_profile;

/* Runs the program, instruction by instruction (some 10 million a second), to its end or cycle limit; what ran until then is in *out whatever the status is, which is
 * that of hb_rv_exec. cost[f]: of an instruction of family f, in any unit. Free *out also after a failure. */
hb_status hb_rv_profile_run(const hb_rv_program *program, const hb_rv_exec_options *options, const double cost[HB_FAM_COUNT], hb_rv_profile *out, hb_error *err);
void hb_rv_profile_free(hb_rv_profile *p);

/* Cost of a node with all below it. */
double hb_rv_profile_total(const hb_rv_profile *p, uint32_t node);
