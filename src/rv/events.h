/* What the interpreter records of a run so that the chips can fill their rows.
 *
 * Time (machine.md 2): ts starts at 4; an ordinary instruction advances it by 4, an ECALL by 16. Slots of an ordinary
 * instruction: rs1 read at ts+0, rs2 read at ts+1, rd write at ts+2, memory at ts+3. The *_ts fields below are the timestamp of
 * the previous access of that cell AFTER any bump, so that this access's own time minus it minus 1 is in [0, 2^18).
 * Cells: registers 0..32 (space 1), RAM double words (space 2), public-value cells 0..16 (space 0, machine.md 4). All start with ts 0.
 * Fields of accesses that an instruction does not make are 0. Events of a family are in execution order. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* One family = one instruction chip. Loads and stores are routed by their address at run time. */
typedef enum hb_rv_family {
    HB_FAM_ADDI,   /* ADDI */
    HB_FAM_ADD,    /* ADD */
    HB_FAM_SUB,    /* SUB */
    HB_FAM_ADDW,   /* ADDW SUBW ADDIW */
    HB_FAM_CONST,  /* LUI AUIPC FENCE */
    HB_FAM_LOGIC,  /* AND OR XOR ANDI ORI XORI */
    HB_FAM_SHIFT,  /* SLL SRL SRA SLLI SRLI SRAI and the six W forms */
    HB_FAM_SLT,    /* SLT SLTU SLTI SLTIU */
    HB_FAM_BEQ,    /* BEQ BNE */
    HB_FAM_BLT,    /* BLT BGE BLTU BGEU */
    HB_FAM_JAL,    /* JAL */
    HB_FAM_JALR,   /* JALR */
    HB_FAM_MUL,    /* MUL MULH MULHU MULHSU MULW */
    HB_FAM_DIV,    /* DIV DIVU REM REMU and the four W forms */
    HB_FAM_LD,     /* LD, address 0 mod 8 */
    HB_FAM_LOAD,   /* LB LBU LH LHU LW LWU, inside one double word (any offset) */
    HB_FAM_LOAD2,  /* any load that crosses a double word */
    HB_FAM_SD,     /* SD, address 0 mod 8 */
    HB_FAM_STORE,  /* SB SH SW, inside one double word (any offset) */
    HB_FAM_STORE2, /* any store that crosses a double word */
    HB_FAM_CALL,   /* ECALL */
    HB_FAM_COUNT
} hb_rv_family;

/* Families without memory. next_pc is recorded for BEQ, BLT, JALR (word index), else 0. */
typedef struct hb_rv_event_reg {
    uint32_t insn;  /* index into hb_rv_program.insns */
    uint32_t ts;
    uint32_t rs1_ts, rs2_ts, rd_ts;
    uint32_t next_pc;
    uint64_t rs1, rs2;    /* values read (0 if not read) */
    uint64_t rd_prev, rd; /* register cell before and after */
} hb_rv_event_reg;

/* Loads and stores. mem[0] is the double word of addr, mem[1] the next one (LOAD2, STORE2 only). Loads: mem_new = mem_prev. */
typedef struct hb_rv_event_mem {
    hb_rv_event_reg r;
    uint64_t addr;
    uint64_t mem_prev[2], mem_new[2];
    uint32_t mem_ts[2];
} hb_rv_event_mem;

/* ECALL (advances ts by 16). t0 (x5), a0 (x10), a1 (x11) are read at ts+0, t0 is written at ts+15 (t0_new; equal to t0 unless
 * HINT_LEN, or ENTER_UNCONSTRAINED: 0). COMMIT, COMMIT_DEFERRED_PROOFS and HALT write public-value cell pv_index at ts+8:
 * COMMIT index 0..7 -> cells 0..7, COMMIT_DEFERRED_PROOFS -> 8..15, HALT -> cell 16 (the exit code, a0 & 0xff must equal a0). */
typedef struct hb_rv_event_call {
    uint32_t insn, ts;
    uint64_t t0, a0, a1, t0_new;
    uint32_t t0_ts, a0_ts, a1_ts;
    uint32_t pv_index; /* UINT32_MAX when none */
    uint64_t pv_prev, pv_new;
    uint32_t pv_ts;
    uint32_t next_pc;
} hb_rv_event_call;

/* Re-stamps a cell whose last access is 2^18 or more slots back: consume (cell, value, ts_prev), produce (cell, value, ts_new).
 * ts_prev < ts_new, ts_new < the access that follows; one bump row bridges any gap below 2^27. */
typedef struct hb_rv_event_bump {
    uint32_t hi, lo; /* hi = space * 2^8 + address bits 32..36; lo = register index, or (address mod 2^32) / 8, or pv cell */
    uint64_t value;
    uint32_t ts_prev, ts_new;
} hb_rv_event_bump;

/* One row of the init/final table (machine.md 5), sorted strictly by (hi, lo). Rows: all 17 pv cells first (always), every touched
 * register, every double word of [img_lo, img_hi), every touched RAM double word, every input word that HINT_READ filled. */
typedef enum hb_rv_cell_type { HB_CELL_ZERO, HB_CELL_IMAGE, HB_CELL_INPUT } hb_rv_cell_type;
typedef struct hb_rv_cell {
    uint32_t hi, lo;
    uint64_t v_init, v_fin;
    uint32_t ts_last; /* 0 if never accessed; in a run of shards: the last shard that accessed it */
    uint32_t type;    /* hb_rv_cell_type */
} hb_rv_cell;

/* A run in shards (rv/shardrun.h): one cell that a shard accessed, sorted strictly by (hi, lo). In a shard, time starts at 4 again, and every cell's access before
 * its first one is at ts 0: the row's own. */
typedef struct hb_rv_boundary {
    uint32_t hi, lo;
    uint64_t v_in, v_out;  /* before the first and after the last access in this shard; an input word that HINT_READ fills in it: v_in is what was filled in */
    uint32_t s_prev;       /* the last shard before this one that accessed it; 0: none */
    uint32_t ts_last;      /* its last access in this shard, > 0 */
} hb_rv_boundary;

typedef struct hb_rv_events {   /* growable array of one event type */
    void *data;
    size_t count, capacity;
} hb_rv_events;

typedef struct hb_rv_record {
    hb_rv_events family[HB_FAM_COUNT]; /* _reg, _mem (LD..STORE2) or _call (CALL) events */
    hb_rv_events bumps;                /* hb_rv_event_bump */
    hb_rv_events cells;                /* hb_rv_cell, built when the run has ended; empty in the record of a shard */
    uint32_t pc_in, pc_out;            /* entry word index (a shard: of its first instruction); HB_PC_HALT after a halt */
    uint32_t ts_end;                   /* final ts: 4 + 4 * (instructions - calls) + 16 * calls */
    uint64_t cycles;                   /* of the shard, when it is one */
    hb_rv_events boundary;             /* hb_rv_boundary, only in the record of a shard */
    uint32_t shard;                    /* its number from 1 on; 0: the record of a whole run */
} hb_rv_record;
