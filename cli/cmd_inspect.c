/* hauptbuch inspect FILE                  what a proof file says (without checking it), or a program about itself
 * hauptbuch inspect --chips [PROG ...]    the tables of the machine; with a program, what a run of it costs in each
 * hauptbuch inspect --chips --markdown    the rules of every table: docs/chips.md */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytecode/hbc.h"
#include "cli/chip_doc.h"
#include "cli/cli.h"
#include "cli/cli_exec.h"
#include "cli/cli_files.h"
#include "cli/cli_program.h"
#include "cli/package_print.h"
#include "machine/machine_prove.h"
#include "machine/prooffile.h"
#include "program/package_file.h"

static const char usage[] = "usage: hauptbuch inspect FILE.proof | PROG\n"
                            "       hauptbuch inspect --chips --markdown\n"
                            "       hauptbuch inspect --chips [PROG [--stdin FILE] [--input FILE]... [-- ARGS]]\n";

static void print_hex(const char *name, const uint8_t *bytes, size_t n)
{
    printf("%-22s ", name);
    for (size_t i = 0; i < n; i++)
        printf("%02x", bytes[i]);
    putchar('\n');
}

static void print_words(const char *name, const uint32_t w[8])
{
    uint8_t bytes[32];
    for (int i = 0; i < 32; i++)
        bytes[i] = (uint8_t)(w[i / 4] >> (8 * (i % 4)));
    print_hex(name, bytes, sizeof bytes);
}

static void print_proof(const hb_proof_view *v, const hb_machine_airs *airs, size_t bytes)
{
    uint8_t key[32], id[32];
    hb_vkey_digest(&v->part, airs->digest, key);
    hb_params_id(id);
    printf("proof file, %zu bytes (nothing checked: hauptbuch verify does that)\n", bytes);
    print_hex("parameters", id, sizeof id);
    print_hex("verifying key", key, sizeof key);
    printf("%-22s %s, index %u\n", "kind", v->statement.kind == HB_KIND_SINGLE ? "single" : "unknown", v->statement.index);
    printf("%-22s entry 0x%llx, image 0x%llx .. 0x%llx, %u instructions\n", "program", 4ull * v->part.entry, (unsigned long long)v->part.img_lo,
           (unsigned long long)v->part.img_hi, v->part.n_prog);
    printf("%-22s %u\n", "exit code", v->statement.exit_code);
    printf("%-22s %u\n", "time stamps", v->statement.ts_end);
    print_words("public values digest", v->statement.public_digest);
    printf("%-22s %llu bytes\n", "public values", (unsigned long long)v->n_public_bytes);
    printf("%-22s %llu words\n", "proof", (unsigned long long)v->n_words);
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++)
        if (v->statement.heights[c])
            printf("  %-20s %u rows\n", hb_chips[c]->name, v->statement.heights[c]);
}

static int inspect_package(const char *path, const hb_buf *file)
{
    hb_package p;
    hb_error err = {0};
    if (hb_package_read(&p, file->data, file->len, &err) != HB_OK) {
        hb_cli_complain("inspect", "%s: %s", path, err.message);
        return err.status == HB_OUT_OF_MEMORY ? HB_EXIT_ENVIRONMENT : HB_EXIT_NO;
    }
    hb_cli_print_package(&p);
    hb_package_free(&p);
    return HB_EXIT_YES;
}

static int inspect_proof(const char *path, const hb_buf *file)
{
    static hb_machine_airs airs;
    static hb_proof_view view;
    hb_error err = {0};
    int status = HB_EXIT_YES;
    void *memory = malloc(HB_MACHINE_AIRS_BYTES);
    hb_scratch scratch = hb_scratch_of(memory, memory ? HB_MACHINE_AIRS_BYTES : 0);
    if (hb_machine_airs_init(&airs, &scratch, &err) != HB_OK)
        status = HB_EXIT_ENVIRONMENT;
    if (!status && hb_proof_parse(file->data, file->len, &view, &err) != HB_OK)
        status = HB_EXIT_NO;
    if (err.status)
        hb_cli_complain("inspect", "%s: %s", path, err.message);
    if (!status)
        print_proof(&view, &airs, file->len);
    free(memory);
    return status;
}

static int inspect_file(const char *path)
{
    hb_buf file = {0};
    int status = hb_cli_read_file("inspect", path, &file);
    const bool is_program = !status && (hb_hbc_is(file.data, file.len) || (file.len >= 4 && memcmp(file.data, "\177ELF", 4) == 0));
    if (!status)
        status = is_program ? inspect_package(path, &file) : inspect_proof(path, &file);
    hb_buf_free(&file);
    return status;
}

/* Produced and consumed tuples, and fractions; tuples between shards are among the first two. */
static void count_trees(const hb_air *air, unsigned trees[3])
{
    static const uint8_t column[] = {[HB_AIR_TREE_G] = 0, [HB_AIR_TREE_R] = 1, [HB_AIR_TREE_F] = 2, [HB_AIR_TREE_G_GLOBAL] = 0, [HB_AIR_TREE_R_GLOBAL] = 1};
    memset(trees, 0, 3 * sizeof *trees);
    for (uint32_t i = 0; i < air->n_terms; i++)
        trees[column[air->terms[i].tree]]++;
}

/* heights and cycles may be 0: the machine alone. */
static void print_chips(const hb_machine_airs *airs, const uint32_t *heights, uint64_t cycles)
{
    printf("%-9s %5s %6s %6s %4s %4s %4s %7s", "chip", "fixed", "cells", "rules", "G", "R", "F", "lookups");
    puts(heights ? "       rows       cells  cells/cycle" : "");
    double total = 0, leaves[3] = {0};
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        const hb_chip *chip = hb_chips[c];
        const hb_air *air = &airs->air[c];
        unsigned trees[3];
        count_trees(air, trees);
        printf("%-9s %5u %6u %6u %4u %4u %4u %7u", chip->name, chip->pre_width, chip->width, air->n_constraints, trees[0], trees[1], trees[2], air->lookups_per_row);
        if (heights) {
            const double cells = (double)hb_stored_tiles(heights[c]) * HB_TILE_ROWS * chip->width;
            printf(" %10u %11.0f %12.2f", heights[c], cells, cells / (double)cycles);
            total += cells;
            for (int t = 0; t < 3; t++)
                leaves[t] += (double)heights[c] * trees[t];
        }
        putchar('\n');
    }
    if (heights)
        printf("%llu cycles: %.0f committed cells, %.2f a cycle; leaves a cycle: %.2f products, %.2f fractions\n", (unsigned long long)cycles, total,
               total / (double)cycles, (leaves[0] + leaves[1]) / (double)cycles, leaves[2] / (double)cycles);
}

/* markdown: docs/chips.md instead of the short table. */
static int inspect_machine(int markdown)
{
    static hb_machine_airs airs;
    hb_error err = {0};
    void *memory = malloc(HB_MACHINE_AIRS_BYTES);
    hb_scratch scratch = hb_scratch_of(memory, memory ? HB_MACHINE_AIRS_BYTES : 0);
    hb_status st = hb_machine_airs_init(&airs, &scratch, &err);
    if (st == HB_OK && markdown)
        st = hb_cli_print_chip_doc(stdout, &airs) ? HB_OK : hb_fail(&err, HB_OUT_OF_MEMORY, "no memory");
    else if (st == HB_OK)
        print_chips(&airs, NULL, 0);
    if (st != HB_OK)
        hb_cli_complain("inspect", "chip %u: %s", err.chip, err.message);
    free(memory);
    return st == HB_OK ? HB_EXIT_YES : HB_EXIT_ENVIRONMENT;
}

static int inspect_run(const char *path, hb_cli_exec *exec)
{
    hb_rv_program program;
    hb_error err = {0};
    hb_statement st;
    int status = hb_cli_load_program("inspect", path, &program);
    if (status)
        return status;
    hb_machine_key *key = calloc(1, sizeof *key);
    hb_rv_run *run = NULL;
    exec->options.record = true;
    status = HB_EXIT_ENVIRONMENT;
    if (!key || hb_machine_key_init(key, &program, NULL, &err) != HB_OK)
        hb_cli_complain("inspect", "%s: %s", path, key ? err.message : "out of memory");
    else if (hb_rv_exec(&program, &exec->options, &run, &err) != HB_OK)
        hb_cli_complain("inspect", "%s: %s", hb_status_text(err.status), err.message);
    else if (hb_machine_statement(key, HB_KIND_SINGLE, hb_rv_run_record(run), NULL, &st, &err) != HB_OK)
        hb_cli_complain("inspect", "%s", err.message);
    else {
        print_chips(&key->airs, st.heights, hb_rv_run_report(run)->cycles);
        status = HB_EXIT_YES;
    }
    hb_rv_run_free(run);
    if (key)
        hb_machine_key_free(key);
    free(key);
    hb_rv_program_free(&program);
    return status;
}

static int run(int argc, char **argv)
{
    static const struct option options[] = {{"stdin", required_argument, NULL, 'x'}, {"input", required_argument, NULL, 'x'},
                                            {"cycle-limit", required_argument, NULL, 'x'}, {"memory-limit", required_argument, NULL, 'x'}, {"stack-limit", required_argument, NULL, 'x'},
                                            {"chips", no_argument, NULL, 'c'}, {"markdown", no_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {0}};
    hb_cli_exec exec = {0};
    int chips = 0, markdown = 0, index = 0, status = HB_EXIT_USAGE;
    argc = hb_cli_exec_split(&exec, argc, argv);
    for (int c; (c = getopt_long(argc, argv, "", options, &index)) != -1;) {
        const int taken = c == 'x' ? hb_cli_exec_option(&exec, "inspect", options[index].name, optarg) : 1;
        if (taken < 0) {
            hb_cli_exec_free(&exec);
            return -taken;
        }
        if (c == 'c') {
            chips = 1;
        } else if (c == 'd') {
            markdown = 1;
        } else if (c != 'x') {
            fputs(usage, c == 'h' ? stdout : stderr);
            hb_cli_exec_free(&exec);
            return c == 'h' ? HB_EXIT_YES : HB_EXIT_USAGE;
        }
    }
    if (chips && optind == argc)
        status = inspect_machine(markdown);
    else if (optind + 1 == argc && !markdown)
        status = chips ? inspect_run(argv[optind], &exec) : inspect_file(argv[optind]);
    else
        fputs(usage, stderr);
    hb_cli_exec_free(&exec);
    return status;
}

const hb_cli_verb hb_cli_inspect = {"inspect", "explain a proof file, or what a run costs in each table", run};
