/* Canonical text, one item a line:
 *   chip <name> <preprocessed> <main>
 *   column <name>                                   only with names
 *   node const <n> | key <n> | column <n> | structured <name> | add <a> <b> | sub <a> <b> | mul <a> <b>    numbered from 0
 *   zero <node> <label>
 *   produce | consume | lookup | provide <bus> <flag node or "always"> <nodes of the tuple>
 *   term G | R | F <uses>
 *   range <node> <why> */
#include "air/digest.h"

static size_t text_length(const char *s)
{
    size_t n = 0;
    while (s[n])
        n++;
    return n;
}

void hb_air_put(hb_air_sink sink, const char *text)
{
    sink.put(sink.ctx, text, text_length(text));
}

void hb_air_put_u32(hb_air_sink sink, uint32_t value)
{
    char digits[11];
    size_t n = sizeof digits;
    do
        digits[--n] = (char)('0' + value % 10);
    while (value /= 10);
    sink.put(sink.ctx, digits + n, sizeof digits - n);
}

static void put_numbers(hb_air_sink sink, const uint32_t *numbers, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        hb_air_put(sink, " ");
        hb_air_put_u32(sink, numbers[i]);
    }
}

static void put_node(hb_air_sink sink, const hb_air_node *n)
{
    static const char *const ops[] = {"const", "key", "column", "structured", "add", "sub", "mul"};
    hb_air_put(sink, "node ");
    hb_air_put(sink, ops[n->op]);
    switch ((hb_air_op)n->op) {
    case HB_AIR_CONST: put_numbers(sink, &(uint32_t){hb_f_to_u32(n->a)}, 1); break;
    case HB_AIR_KEY:
    case HB_AIR_COL: put_numbers(sink, &n->a, 1); break;
    case HB_AIR_STRUCTURED:
        hb_air_put(sink, " ");
        hb_air_put(sink, hb_structured_name((hb_structured)n->a));
        break;
    case HB_AIR_ADD:
    case HB_AIR_SUB:
    case HB_AIR_MUL: put_numbers(sink, (uint32_t[]){n->a, n->b}, 2); break;
    }
    hb_air_put(sink, "\n");
}

static void put_use(const hb_air *air, const hb_air_use *u, hb_air_sink sink)
{
    static const char *const kinds[] = {"produce ", "consume ", "lookup ", "provide "};
    hb_air_put(sink, kinds[u->kind]);
    hb_air_put(sink, hb_bus_name((hb_bus)u->bus));
    if (u->flag == HB_ALWAYS)
        hb_air_put(sink, " always");
    else
        put_numbers(sink, &u->flag, 1);
    put_numbers(sink, air->tuples + u->tuple, u->n);
    hb_air_put(sink, "\n");
}

static void put_item(hb_air_sink sink, const char *what, uint32_t node, const char *text)
{
    hb_air_put(sink, what);
    put_numbers(sink, &node, 1);
    hb_air_put(sink, " ");
    hb_air_put(sink, text);
    hb_air_put(sink, "\n");
}

void hb_air_write_text(const hb_air *air, const char *name, const char *const *column_names, hb_air_sink sink)
{
    static const char *const trees[] = {"term G", "term R", "term F", "term G*", "term R*"};
    hb_air_put(sink, "chip ");
    hb_air_put(sink, name);
    put_numbers(sink, (uint32_t[]){air->pre_width, air->width}, 2);
    hb_air_put(sink, "\n");
    for (uint32_t j = 0; column_names && j < air->pre_width + air->width; j++) {
        hb_air_put(sink, "column ");
        hb_air_put(sink, column_names[j]);
        hb_air_put(sink, "\n");
    }
    for (uint32_t i = 0; i < air->n_nodes; i++)
        put_node(sink, &air->nodes[i]);
    for (uint32_t k = 0; k < air->n_constraints; k++)
        put_item(sink, "zero", air->constraints[k].expr, air->constraints[k].label);
    for (uint32_t i = 0; i < air->n_uses; i++)
        put_use(air, &air->uses[i], sink);
    for (uint32_t i = 0; i < air->n_terms; i++) {
        hb_air_put(sink, trees[air->terms[i].tree]);
        put_numbers(sink, air->terms[i].uses, air->terms[i].n_uses);
        hb_air_put(sink, "\n");
    }
    for (uint32_t i = 0; i < air->n_ranges; i++)
        put_item(sink, "range", air->ranges[i].expr, air->ranges[i].why);
}

static void put_into_hash(void *ctx, const char *bytes, size_t n)
{
    hb_blake3_update(ctx, bytes, n);
}

void hb_air_hash_text(const hb_air *air, const char *name, const char *const *column_names, hb_blake3 *h)
{
    hb_air_write_text(air, name, column_names, (hb_air_sink){put_into_hash, h});
}

void hb_air_digest(const hb_air *air, const char *name, const char *const *column_names, uint8_t digest[HB_AIR_DIGEST_BYTES])
{
    hb_blake3 h;
    hb_blake3_init(&h);
    hb_air_hash_text(air, name, column_names, &h);
    hb_blake3_final(&h, digest);
}
