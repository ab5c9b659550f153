#include "air/row.h"

#include "air/structured.h"

void hb_air_eval_row(const hb_air *air, hb_f *const *cols, uint32_t row, const hb_air_publics *publics, hb_f *values)
{
    for (uint32_t i = 0; i < air->n_nodes; i++) {
        const hb_air_node *n = &air->nodes[i];
        switch ((hb_air_op)n->op) {
        case HB_AIR_CONST: values[i] = n->a; break;
        case HB_AIR_KEY: values[i] = publics->key[n->a]; break;
        case HB_AIR_COL: values[i] = cols[n->a][row]; break;
        case HB_AIR_STRUCTURED: values[i] = hb_structured_row((hb_structured)n->a, row, publics); break;
        case HB_AIR_ADD: values[i] = hb_f_add(values[n->a], values[n->b]); break;
        case HB_AIR_SUB: values[i] = hb_f_sub(values[n->a], values[n->b]); break;
        case HB_AIR_MUL: values[i] = hb_f_mul(values[n->a], values[n->b]); break;
        }
    }
}
