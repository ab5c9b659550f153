/* ECALL, by number: HALT, WRITE, ENTER_UNCONSTRAINED, COMMIT, COMMIT_DEFERRED_PROOFS, HINT_LEN, HINT_READ.
 *
 * One flag a call; none means HALT, so a row that claims nothing is a HALT with t0 = 0, not a call without effect. All four limbs of t0 equal the number, as
 * constants of the consumed tuple. t0 is read at ts + 0 and written at ts + 15; the token between the two would cancel in this row, so there is one access,
 * whose range check is that of the read (nothing else can touch the cell in between: only STATE's holder of ts has these times).
 *
 *     HALT                    exit code a0 < 256 to public cell 16; next pc = HB_PC_HALT
 *     COMMIT                  a1 < 2^32 to public cell a0 < 8
 *     COMMIT_DEFERRED_PROOFS  a1 < 2^32 to public cell 8 + a0, a0 < 8
 *     HINT_LEN                t0 := any limbs in range (advice)
 *     HINT_READ               a0 a multiple of 8 and at least 2^37 - 2^34, a0 + a1 + slack = 2^37 for a slack >= 0. (2^37 - a0 is a multiple of 8, so a1 rounded
 *                             up to 8 fits exactly when a1 does.) No other effect: input words are INITFIN's
 *     ENTER_UNCONSTRAINED     t0 := 0
 *     WRITE                   nothing
 *
 * Public cells only ever hold values below 2^32 (INITFIN starts them at 0, this chip alone writes them), so the upper limbs of what is consumed are 0. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"
#include "rv/rvprogram.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [CALL_T0_TS] = "t0_ts", [CALL_A0] = "a0_0", "a0_1", "a0_2", "a0_3", [CALL_A0_TS] = "a0_ts",
    [CALL_A1] = "a1_0", "a1_1", "a1_2", "a1_3", [CALL_A1_TS] = "a1_ts",
    [CALL_WRITE] = "write", [CALL_ENTER] = "enter", [CALL_COMMIT] = "commit", [CALL_DEFERRED] = "deferred", [CALL_HINT_LEN] = "hint_len",
    [CALL_HINT_READ] = "hint_read", [CALL_PV] = "pv0", "pv1", [CALL_PV_TS] = "pv_ts", [CALL_FREE] = "free0", "free1", "free2", "free3",
    [CALL_CARRY0] = "carry0_a", "carry0_b", [CALL_CARRY1] = "carry1_a", "carry1_b",
};

enum { A0_REGISTER = 10, A1_REGISTER = 11, T0_REGISTER = 5, SLOT_WRITE = 8, SLOT_RESULT = 15 };
enum { N_WRITE = 0x02, N_ENTER = 0x03, N_COMMIT = 0x10, N_DEFERRED = 0x1a, N_HINT_LEN = 0xf0, N_HINT_READ = 0xf1 };

typedef struct row {
    hb_expr pc, ts;
    hb_limbs a0, a1, free;
    hb_expr halt, write, enter, commit, deferred, hint_len, hint_read;
    hb_expr commits, publishes; /* commit + deferred; these + halt */
} row;

static row read_row(hb_air *a)
{
    row r = {
        .pc = hb_air_col(a, COL_PC), .ts = hb_air_col(a, COL_TS), .a0 = hb_chips_limbs(a, CALL_A0), .a1 = hb_chips_limbs(a, CALL_A1),
        .free = hb_chips_limbs(a, CALL_FREE), .write = hb_air_col(a, CALL_WRITE), .enter = hb_air_col(a, CALL_ENTER),
        .commit = hb_air_col(a, CALL_COMMIT), .deferred = hb_air_col(a, CALL_DEFERRED), .hint_len = hb_air_col(a, CALL_HINT_LEN),
        .hint_read = hb_air_col(a, CALL_HINT_READ),
    };
    static const char *const labels[6] = {"write", "enter", "commit", "deferred", "hint_len", "hint_read"};
    const hb_expr flag[6] = {r.write, r.enter, r.commit, r.deferred, r.hint_len, r.hint_read};
    const hb_expr silent[4] = {r.write, r.enter, r.hint_len, r.hint_read};
    hb_expr not_halt = hb_chips_total(a, flag, 6), not_public = hb_chips_total(a, silent, 4);
    for (uint32_t i = 0; i < 6; i++)
        hb_air_bool(a, labels[i], flag[i]);
    hb_air_bool(a, "one call", not_halt);
    hb_air_bool(a, "one silent call", not_public); /* these two follow from the above and are here for the flags below */
    r.commits = hb_air_add(a, r.commit, r.deferred);
    hb_air_bool(a, "one commit", r.commits);
    r.halt = hb_chips_not(a, not_halt);
    r.publishes = hb_chips_not(a, not_public);
    return r;
}

static void registers(hb_air *a, const row *r)
{
    hb_expr number = hb_air_scale(a, N_WRITE, r->write), zero = hb_air_const(a, 0);
    number = hb_chips_add_scaled(a, number, N_COMMIT, r->commit);
    number = hb_chips_add_scaled(a, number, N_DEFERRED, r->deferred);
    number = hb_chips_add_scaled(a, number, N_HINT_READ, r->hint_read);
    hb_expr kept = number; /* HINT_LEN and ENTER_UNCONSTRAINED answer something else */
    number = hb_chips_add_scaled(a, number, N_ENTER, r->enter);
    number = hb_chips_add_scaled(a, number, N_HINT_LEN, r->hint_len);
    hb_limbs t0 = {{number, zero, zero, zero}}, answer = hb_chips_scaled(a, r->hint_len, &r->free);
    answer.v[0] = hb_air_add(a, answer.v[0], kept);
    for (uint32_t i = 0; i < 4; i++)
        hb_air_range16(a, answer.v[i], "the call's number, 0, or an RC16 limb");
    hb_chips_rc16_limbs(a, &r->free);

    hb_cell_key t0_cell = hb_chips_register(a, hb_air_const(a, T0_REGISTER));
    hb_expr t0_ts = hb_air_col(a, CALL_T0_TS);
    const hb_expr before[7] = {t0_cell.hi, t0_cell.lo, t0.v[0], t0.v[1], t0.v[2], t0.v[3], t0_ts};
    const hb_expr after[7] = {t0_cell.hi, t0_cell.lo, answer.v[0], answer.v[1], answer.v[2], answer.v[3], hb_chips_plus(a, r->ts, SLOT_RESULT)};
    hb_air_consume(a, HB_BUS_MEM, HB_ALWAYS, before, 7);
    hb_air_produce(a, HB_BUS_MEM, HB_ALWAYS, after, 7);
    hb_chips_rc18(a, hb_chips_plus(a, hb_air_sub(a, r->ts, t0_ts), -1));
    hb_chips_rs1(a, r->ts, hb_air_const(a, A0_REGISTER), &r->a0, hb_air_col(a, CALL_A0_TS));
    hb_chips_rs1(a, r->ts, hb_air_const(a, A1_REGISTER), &r->a1, hb_air_col(a, CALL_A1_TS));
}

static void public_values(hb_air *a, const row *r)
{
    hb_expr zero = hb_air_const(a, 0), index = r->a0.v[0];
    /* limbs are in range, so a sum of them is 0 only when each is */
    hb_air_zero(a, "a0 has one limb", hb_air_mul(a, r->publishes, hb_chips_total(a, r->a0.v + 1, 3)));
    hb_air_zero(a, "word has two limbs", hb_air_mul(a, r->commits, hb_chips_total(a, r->a1.v + 2, 2)));
    const hb_expr exit_code[2] = {index, zero}, below_8[2] = {index, hb_air_scale(a, 32, index)}; /* both bytes */
    hb_air_lookup(a, HB_BUS_BYTES, r->halt, exit_code, 2);
    hb_air_lookup(a, HB_BUS_BYTES, r->commits, below_8, 2);

    hb_expr lo = hb_chips_add_scaled(a, hb_air_scale(a, 16, r->halt), 8, r->deferred);
    lo = hb_air_add(a, lo, hb_air_mul(a, r->commits, index));
    const hb_limbs before = {{hb_air_col(a, CALL_PV), hb_air_col(a, CALL_PV + 1), zero, zero}};
    const hb_limbs after = {{hb_air_add(a, hb_air_mul(a, r->halt, index), hb_air_mul(a, r->commits, r->a1.v[0])),
                             hb_air_mul(a, r->commits, r->a1.v[1]), zero, zero}};
    hb_air_range16(a, after.v[0], "a consumed limb");
    hb_air_range16(a, after.v[1], "a consumed limb or 0");
    hb_cell_key cell = {hb_air_const(a, HB_SPACE_PV), lo};
    hb_chips_access(a, r->publishes, cell, &before, hb_air_col(a, CALL_PV_TS), &after, hb_chips_plus(a, r->ts, SLOT_WRITE));
}

/* ptr + len + slack = 2^37: limbs (0, 0, 32, 0). A carry is the sum of two bits. Limbs 2 and 3 are sums of at most three limbs and a carry, so
 * "= 32" and "= 0" in F hold in integers. */
static void hint_read(hb_air *a, const row *r)
{
    static const char *const bit_labels[4] = {"carry 0 a", "carry 0 b", "carry 1 a", "carry 1 b"}, *const labels[2] = {"hint limb 0", "hint limb 1"};
    hb_expr carry[2], in = hb_air_const(a, 0);
    for (uint32_t i = 0; i < 4; i++)
        hb_air_bool(a, bit_labels[i], hb_air_col(a, CALL_CARRY0 + i));
    for (uint32_t i = 0; i < 2; i++) {
        carry[i] = hb_air_add(a, hb_air_col(a, CALL_CARRY0 + 2 * i), hb_air_col(a, CALL_CARRY0 + 2 * i + 1));
        hb_expr sum = hb_air_add(a, hb_air_add(a, r->a0.v[i], r->a1.v[i]), hb_air_add(a, r->free.v[i], in));
        hb_air_zero(a, labels[i], hb_air_mul(a, r->hint_read, hb_chips_add_scaled(a, sum, -65536, carry[i])));
        in = carry[i];
    }
    hb_expr top = hb_air_add(a, hb_air_add(a, r->a0.v[2], r->a1.v[2]), hb_air_add(a, r->free.v[2], in));
    hb_air_zero(a, "hint limb 2", hb_air_mul(a, r->hint_read, hb_chips_plus(a, top, -32)));
    hb_air_zero(a, "hint limb 3", hb_air_mul(a, r->hint_read, hb_air_add(a, r->a0.v[3], r->a1.v[3])));
    const hb_expr above_start[1] = {hb_chips_plus(a, r->a0.v[2], -28)}, eighth[1] = {hb_air_scale_inv(a, 8, r->a0.v[0])};
    hb_air_lookup(a, HB_BUS_RC16, r->hint_read, above_start, 1);
    hb_air_lookup(a, HB_BUS_RC16, r->hint_read, eighth, 1);
}

static void rules(hb_air *a)
{
    hb_expr zero = hb_air_const(a, 0);
    hb_limbs none = hb_chips_constant(a, 0);
    row r = read_row(a);
    hb_expr next = hb_chips_mux(a, r.halt, hb_chips_plus(a, r.pc, 1), hb_air_const(a, HB_PC_HALT));
    hb_chips_state(a, r.pc, r.ts, next, HB_TS_INC_CALL);
    hb_chips_prog(a, r.pc, hb_air_const(a, HB_OP_ECALL), zero, zero, zero, &none);
    registers(a, &r);
    public_values(a, &r);
    hint_read(a, &r);
}

const hb_chip hb_chip_call = {
    .name = "CALL", .id = HB_CHIP_CALL, .width = CALL_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_CALL_HEIGHT_LOG2, .ts_inc = HB_TS_INC_CALL, .rules = rules,
};
