/* Tiles: the values of all columns at (r_0, r_y, r_u) become values of the stacked columns at (r_0, r_y, rho). The coefficient of a tile is tau^id
 * times eq(r_u, number of the tile in its column); on a chunk, which is aligned in its column and in the stack, that factors into three
 * parts, of which only the last differs between the columns of a table. */
#include "pcs/pcs_verify.h"

#include "base/check.h"
#include "pcs/pcs_math.h"
#include "pcs/whir_verify.h"

#define TILE_BITS_MAX (HB_STACK_LOG2_MAX - HB_TILE_LOG2)

typedef struct tiles {
    const hb_stack *stack;
    uint32_t bits;              /* of kappa: H - 12 */
    const hb_k *ru;
    uint32_t ru_bits;           /* n_max - 12 */
    hb_k rho[TILE_BITS_MAX];
    hb_k prefix[TILE_BITS_MAX + 1]; /* [a] = eq(r_u[..a), rho[..a)) */
    hb_k suffix[2u << TILE_BITS_MAX]; /* eq(rho[a..], k) at [s + k], k < s = 2^(bits - a) */
} tiles;

static void tiles_prepare(tiles *t)
{
    t->prefix[0] = hb_k_one();
    for (uint32_t a = 0; a < t->bits && a < t->ru_bits; a++)
        t->prefix[a + 1] = hb_k_mul(t->prefix[a], hb_pcs_eq_pair(t->ru[a], t->rho[a]));
    for (uint32_t a = 0; a <= t->bits; a++)
        hb_pcs_eq_table(&t->suffix[(size_t)1 << (t->bits - a)], t->rho + a, t->bits - a);
}

/* coef^_c(rho) v_c over the tiles of one chunk of all columns of a table in one commitment, with powers of tau from 0: Horner from the
 * last column. */
static hb_k chunk_sum(const tiles *t, const hb_stack_table *table, const hb_stack_chunk *chunk, int c, hb_k tau, const hb_k *v)
{
    const uint32_t column_bits = t->stack->h[c] - HB_TILE_LOG2;
    const uint32_t a = chunk->tiles_log2 < column_bits ? chunk->tiles_log2 : column_bits; /* of a piece */
    const hb_k *suffix = &t->suffix[(size_t)1 << (t->bits - a)];
    hb_k whole = hb_k_zero();
    for (uint32_t piece = 0; piece < 1u << (chunk->tiles_log2 - a); piece++) {
        hb_k sum = hb_k_zero();
        for (uint32_t j = table->width[c]; j-- > 0;) {
            const uint32_t at = chunk->first[c] + (j << chunk->tiles_log2) + (piece << a);
            const uint32_t kappa = at & ((1u << column_bits) - 1);
            sum = hb_k_add(hb_k_mul(sum, tau), hb_k_mul(v[at >> column_bits], suffix[kappa >> a]));
        }
        const uint32_t base = chunk->base + (piece << a);
        whole = hb_k_mul_add(sum, hb_eq_bits(t->ru + a, t->ru_bits - a, base >> a), whole);
    }
    return hb_k_mul(whole, t->prefix[a]);
}

/* sum_c coef^_c(rho) v_c. */
static hb_k stacked_sum(const tiles *t, hb_k tau, const hb_k *v)
{
    hb_k sum = hb_k_zero(), power = hb_k_one();
    for (uint32_t i = 0; i < t->stack->n_tables; i++) {
        const hb_stack_table *table = &t->stack->tables[i];
        for (int c = 0; c < HB_COMMITMENTS && !table->idle; c++) { /* idle: all weights are 0 */
            const hb_k *values = v + hb_stack_first_column(t->stack, c);
            for (uint32_t k = 0; k < table->n_chunks && table->width[c]; k++)
                sum = hb_k_mul_add(power, chunk_sum(t, table, &table->chunk[k], c, tau, values), sum);
            power = hb_k_mul(power, hb_k_pow(tau, table->width[c]));
        }
    }
    return sum;
}

/* Draws rho, reads v and checks it. */
static hb_status verify_tiles(hb_receiver *r, tiles *t, const hb_k *values, hb_k *v)
{
    const hb_k tau = hb_transcript_challenge(&r->t, HB_LABEL_TAU);
    hb_k claim = hb_k_zero();
    for (uint32_t i = t->stack->n_columns; i-- > 0;)
        claim = hb_k_mul_add(claim, tau, values[i]);
    for (uint32_t i = 0; i < t->bits; i++) {
        hb_k s[2];
        if (hb_receive_k(r, HB_TAG_ROUND2, s, 2) != HB_OK)
            return HB_REJECTED;
        t->rho[i] = hb_transcript_challenge(&r->t, HB_LABEL_TILE_ROUND);
        claim = hb_pcs_round_value(claim, s, t->rho[i]);
    }
    if (hb_receive_k(r, HB_TAG_STACKED, v, hb_stack_columns(t->stack)) != HB_OK)
        return HB_REJECTED;
    tiles_prepare(t);
    if (!hb_k_eq(claim, stacked_sum(t, tau, v)))
        return HB_REJECT(r->err, HB_R_TILES);
    return HB_OK;
}

size_t hb_pcs_verify_scratch_bytes(const hb_stack *stack)
{
    return sizeof(tiles) + sizeof(hb_k) * hb_stack_columns(stack) + hb_whir_verify_scratch_bytes(stack) + 3 * HB_SCRATCH_ALIGN;
}

hb_status hb_pcs_verify(hb_receiver *r, const hb_pcs_params *params, const hb_stack *stack, const hb_pcs_cap caps[HB_COMMITMENTS],
                        const hb_row_point *point, const hb_k *values, hb_scratch *scratch)
{
    HB_ASSERT(point->n_u == stack->n_max - HB_TILE_LOG2);
    hb_scratch mine = *scratch;
    tiles *t = hb_scratch_alloc(&mine, sizeof *t);
    hb_k *v = hb_scratch_alloc_many(&mine, hb_stack_columns(stack), sizeof *v);
    if (!t || !v)
        return HB_REJECT(r->err, HB_R_SCRATCH);
    t->stack = stack;
    t->bits = stack->h[HB_COMMIT_MAIN] - HB_TILE_LOG2;
    t->ru = point->ru;
    t->ru_bits = stack->n_max - HB_TILE_LOG2;
    if (verify_tiles(r, t, values, v) != HB_OK)
        return HB_REJECTED;
    const hb_whir_claim claim = {params, stack, caps, point, t->rho, v};
    if (hb_whir_verify(r, &claim, &mine) != HB_OK)
        return HB_REJECTED;
    return hb_receive_end(r);
}
