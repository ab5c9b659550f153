/* Trace checker: are these tables a valid trace? Slow and plain; it shares no code with the prover's kernels. Hosted.
 *
 * Checks every constraint on every stored row, that every cell is reduced, and for every bus that the multiset of tuples balances exactly:
 * produced (by rows below n_rows, plus the caller's public tuples) equals consumed; looked up equals provided times multiplicity. */
#pragma once
#include "air/challenges.h"
#include "air/table.h"
#include "base/error.h"

/* A tuple that no table holds: the statement's STATE and CHAIN tokens. */
typedef struct hb_bus_token {
    hb_air_kind kind; /* HB_AIR_PRODUCE or HB_AIR_CONSUME */
    hb_bus bus;
    uint32_t words[HB_AIR_MAX_TUPLE]; /* canonical */
} hb_bus_token;

typedef enum hb_air_finding_kind {
    HB_FINDING_CELL,       /* a cell is not below p */
    HB_FINDING_CONSTRAINT, /* does not hold on a row */
    HB_FINDING_FLAG,       /* a flag is neither 0 nor 1 on a real row */
    HB_FINDING_BUS         /* a tuple is not balanced */
} hb_air_finding_kind;

typedef struct hb_air_finding {
    hb_air_finding_kind kind;
    uint32_t chip, row; /* of the row; of the tuple's first occurrence (chip UINT32_MAX: a public tuple) */
    const char *label;  /* constraint's label, bus name, or column name */
    int64_t count;      /* HB_FINDING_BUS: produced - consumed, or looked up - provided */
    char text[512];     /* one line for people */
} hb_air_finding;

typedef struct hb_air_checker {
    const hb_table *tables;
    size_t n_tables;
    hb_air_publics publics;
    const hb_bus_token *tokens;
    size_t n_tokens;
    size_t max_reports; /* per bus, and for all constraints of a table; the rest is only counted */
    void (*report)(void *ctx, const hb_air_finding *finding); /* may be NULL */
    void *ctx;
} hb_air_checker;

/* *findings = how many things are wrong; HB_OK also when there are some. HB_OUT_OF_MEMORY if the check itself could not be done. When cells are not
 * reduced, buses are not looked at. */
hb_status hb_air_check_trace(const hb_air_checker *checker, size_t *findings, hb_error *err);

/* Parts of the above; hb_air_check_bus needs reduced cells. */
hb_status hb_air_check_rows(const hb_air_checker *checker, size_t *findings, hb_error *err);
hb_status hb_air_check_bus(const hb_air_checker *checker, hb_bus bus, size_t *findings, hb_error *err);
