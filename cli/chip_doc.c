#include "cli/chip_doc.h"

#include "air/doc.h"

static const char preface[] =
    "# The tables of the machine\n"
    "\n"
    "Written by `hauptbuch inspect --chips --markdown` (`make docs`) from the rules that prover and verifier run; a test holds this file against the program. What the\n"
    "columns are for is said beside the rules, in `src/chips/chip_*.c`.\n"
    "\n"
    "Columns are those of a row: fixed by the program's key, or committed by the prover. Terms are leaves of the bus trees that a row has: produced and consumed tuples of\n"
    "the permutation buses, and fractions of lookups (up to three range lookups share one). *Time* is by how much a row moves the clock.\n"
    "\n"
    "| table | fixed columns | columns | constraints | produced | consumed | between shards | fractions | lookups | rows | time | in proofs of |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|---:|---|\n";

static const char *const kinds[HB_KIND_COUNT] = {"single", "exec", "init"};

static void print_height(FILE *out, const hb_chip *chip)
{
    if (chip->height_rule == HB_HEIGHT_CONSTANT)
        fprintf(out, "%u", chip->fixed_rows);
    else
        fprintf(out, "%s 2^%u", chip->height_rule == HB_HEIGHT_KEY ? "by the key, up to" : "up to", chip->max_height_log2);
}

static void print_line(FILE *out, const hb_chip *chip, const hb_air *air)
{
    unsigned terms[HB_AIR_TREE_R_GLOBAL + 1] = {0};
    for (uint32_t i = 0; i < air->n_terms; i++)
        terms[air->terms[i].tree]++;
    fprintf(out, "| [%s](#%s) | %u | %u | %u |", chip->name, chip->name, chip->pre_width, chip->width, air->n_constraints);
    fprintf(out, " %u | %u | %u | %u | %u | ", terms[HB_AIR_TREE_G], terms[HB_AIR_TREE_R], terms[HB_AIR_TREE_G_GLOBAL] + terms[HB_AIR_TREE_R_GLOBAL], terms[HB_AIR_TREE_F],
            air->lookups_per_row);
    print_height(out, chip);
    fprintf(out, " | %u |", chip->ts_inc);
    for (uint32_t k = 0, n = 0; k < HB_KIND_COUNT; k++)
        if (hb_chip_in_kind(chip->id, k))
            fprintf(out, "%s%s", n++ ? ", " : " ", kinds[k]);
    fputs(" |\n", out);
}

static void put(void *ctx, const char *text, size_t len)
{
    fwrite(text, 1, len, ctx);
}

bool hb_cli_print_chip_doc(FILE *out, const hb_machine_airs *airs)
{
    fputs(preface, out);
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++)
        print_line(out, hb_chips[c], &airs->air[c]);
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        putc('\n', out);
        if (hb_air_write_doc(&airs->air[c], hb_chips[c]->name, hb_chips[c]->column_names, (hb_air_sink){put, out}) != HB_OK)
            return false;
    }
    return true;
}
