#include "bytecode/bcode_values.h"

#include <string.h>

#include "base/check.h"

static hb_bc_value *word(hb_bc_values *v, int32_t k)
{
    HB_ASSERT(k >= -HB_BC_VALUES_BELOW && k < HB_BC_VALUES - HB_BC_VALUES_BELOW);
    return &v->words[k + HB_BC_VALUES_BELOW];
}

void hb_bc_values_start(hb_bc_values *v, hb_emit *e)
{
    v->e = e;
    v->low = v->top = 0;
    memset(v->uses, 0, sizeof v->uses);
}

void hb_bc_values_keep(hb_bc_values *v, unsigned reg)
{
    if (hb_bc_values_is_counted(reg))
        v->uses[reg]++;
}

void hb_bc_values_drop(hb_bc_values *v, unsigned reg)
{
    if (hb_bc_values_is_counted(reg)) {
        HB_ASSERT(v->uses[reg]);
        v->uses[reg]--;
    }
}

/* Load or store of the home of word k. */
static void access_home(hb_bc_values *v, hb_op op, unsigned reg, int32_t k)
{
    int64_t at = 8 * (int64_t)k;
    unsigned base = HB_BC_STK;
    if (at < -2048 || at > 2047) {
        hb_emit_li(v->e, HB_T1, (uint64_t)at);
        hb_emit_r(v->e, HB_OP_ADD, HB_T1, HB_T1, HB_BC_STK);
        base = HB_T1;
        at = 0;
    }
    if (op == HB_OP_SD)
        hb_emit_store(v->e, op, reg, base, at);
    else
        hb_emit_i(v->e, op, reg, base, at);
}

static void save_word(hb_bc_values *v, int32_t k)
{
    hb_bc_value *w = word(v, k);
    unsigned reg = w->reg;
    if (w->kind == HB_BC_AT_HOME)
        return;
    if (w->kind == HB_BC_CONSTANT) {
        reg = w->imm ? HB_T0 : HB_X0;
        if (w->imm)
            hb_emit_li(v->e, HB_T0, w->imm);
    }
    if (w->kind == HB_BC_CONSTANT || !w->saved)
        access_home(v, HB_OP_SD, reg, k);
    if (w->kind == HB_BC_IN_REGISTER)
        hb_bc_values_drop(v, w->reg);
    *w = (hb_bc_value){.kind = HB_BC_AT_HOME};
}

unsigned hb_bc_values_reserve(hb_bc_values *v)
{
    for (int32_t k = v->low;; k++) {
        for (unsigned reg = HB_A0; reg <= HB_A7; reg++)
            if (!v->uses[reg]) {
                v->uses[reg] = 1;
                return reg;
            }
        HB_ASSERT(k < v->top); /* operands alone never fill the registers */
        if (word(v, k)->kind == HB_BC_IN_REGISTER && hb_bc_values_is_counted(word(v, k)->reg))
            save_word(v, k);
    }
}

/* Touched words reach down to k at least. */
static void reach(hb_bc_values *v, int32_t k)
{
    while (v->low > k)
        *word(v, --v->low) = (hb_bc_value){.kind = HB_BC_AT_HOME};
}

/* Word k comes into a register if it is at home. */
static void fetch(hb_bc_values *v, int32_t k)
{
    reach(v, k);
    if (word(v, k)->kind != HB_BC_AT_HOME)
        return;
    unsigned reg = hb_bc_values_reserve(v);
    access_home(v, HB_OP_LD, reg, k);
    *word(v, k) = (hb_bc_value){.kind = HB_BC_IN_REGISTER, .reg = (uint8_t)reg, .saved = true};
}

hb_bc_value hb_bc_values_pop(hb_bc_values *v)
{
    fetch(v, v->top - 1);
    hb_bc_value w = *word(v, --v->top);
    if (v->low > v->top)
        v->low = v->top;
    return w;
}

void hb_bc_values_discard(hb_bc_values *v)
{
    reach(v, v->top - 1);
    const hb_bc_value *w = word(v, --v->top);
    if (w->kind == HB_BC_IN_REGISTER)
        hb_bc_values_drop(v, w->reg);
    if (v->low > v->top)
        v->low = v->top;
}

static void push(hb_bc_values *v, hb_bc_value w)
{
    w.saved = false;
    *word(v, v->top++) = w;
}

void hb_bc_values_push_register(hb_bc_values *v, unsigned reg)
{
    push(v, (hb_bc_value){.kind = HB_BC_IN_REGISTER, .reg = (uint8_t)reg});
}

void hb_bc_values_push_constant(hb_bc_values *v, uint64_t imm)
{
    push(v, (hb_bc_value){.kind = HB_BC_CONSTANT, .imm = imm});
}

void hb_bc_values_dup(hb_bc_values *v, uint32_t n)
{
    int32_t k = v->top - 1 - (int32_t)n;
    fetch(v, k);
    if (word(v, k)->kind == HB_BC_IN_REGISTER)
        hb_bc_values_keep(v, word(v, k)->reg);
    push(v, *word(v, k));
}

void hb_bc_values_swap(hb_bc_values *v, uint32_t n)
{
    int32_t a = v->top - 1, b = a - (int32_t)n;
    fetch(v, b);
    fetch(v, a);
    fetch(v, b); /* the second may have sent it home again */
    hb_bc_value w = *word(v, a);
    HB_ASSERT(w.kind != HB_BC_AT_HOME && word(v, b)->kind != HB_BC_AT_HOME);
    *word(v, a) = *word(v, b);
    *word(v, b) = w;
    word(v, a)->saved = word(v, b)->saved = false;
}

bool hb_bc_values_holds(const hb_bc_values *v, unsigned reg)
{
    for (int32_t k = v->low; k < v->top; k++) {
        const hb_bc_value *w = &v->words[k + HB_BC_VALUES_BELOW];
        if (w->kind == HB_BC_IN_REGISTER && w->reg == reg)
            return true;
    }
    return false;
}

void hb_bc_values_unalias(hb_bc_values *v, unsigned reg)
{
    if (!hb_bc_values_holds(v, reg))
        return;
    unsigned copy = hb_bc_values_reserve(v);
    hb_emit_mv(v->e, copy, reg);
    for (int32_t k = v->low; k < v->top; k++) {
        hb_bc_value *w = word(v, k);
        if (w->kind == HB_BC_IN_REGISTER && w->reg == reg) {
            w->reg = (uint8_t)copy;
            hb_bc_values_keep(v, copy);
        }
    }
    hb_bc_values_drop(v, copy);
}

void hb_bc_values_save(hb_bc_values *v)
{
    for (int32_t k = v->low; k < v->top; k++)
        save_word(v, k);
}

void hb_bc_values_finish(hb_bc_values *v)
{
    hb_bc_values_save(v);
    if (v->top) {
        int64_t move = 8 * (int64_t)v->top;
        if (move >= -2048 && move <= 2047) {
            hb_emit_i(v->e, HB_OP_ADDI, HB_BC_STK, HB_BC_STK, move);
        } else {
            hb_emit_li(v->e, HB_T1, (uint64_t)move);
            hb_emit_r(v->e, HB_OP_ADD, HB_BC_STK, HB_BC_STK, HB_T1);
        }
    }
    v->low = v->top = 0;
}
