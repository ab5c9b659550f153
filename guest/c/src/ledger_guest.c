/* The ledger in a C guest. What checks proofs is the host's own freestanding code, compiled here as one unit, under names of its own: a guest that is itself made
 * of those sources (the verifier) has them a second time. */
#include <hauptbuch.h>
#include <hauptbuch_ledger.h>

#define hb_reject hb_sdk_reject
#define hb_reject_text hb_sdk_reject_text
#define hb_blake3_init hb_sdk_blake3_init
#define hb_blake3_update hb_sdk_blake3_update
#define hb_blake3_final hb_sdk_blake3_final
#define hb_blake3_hash hb_sdk_blake3_hash
#define hb_blake3_compress hb_sdk_blake3_compress
#define hb_ledger_hash_leaf hb_sdk_ledger_hash_leaf
#define hb_ledger_hash_node hb_sdk_ledger_hash_node
#define hb_ledger_key hb_sdk_ledger_key
#define hb_ledger_common_bits hb_sdk_ledger_common_bits
#define hb_state_proof_read hb_sdk_state_proof_read
#define hb_state_proof_update hb_sdk_state_proof_update
#define hb_verify_merkle_proof hb_sdk_verify_merkle_proof

#include "base/check.h"
#undef HB_ASSERT_FAIL_ /* with picolibc this is not freestanding code, but the host's abort is not there either */
#define HB_ASSERT_FAIL_(expression) hb_panic(expression)

#include "base/reject.c"
#define join join_chunks
#include "hash/blake3.c"
#undef join
#include "hash/blake3c.c"
#include "ledger/ledger_hash.c"
#include "ledger/state_proof_verify.c"

#define FD_LEDGER_WRITES 24

struct hb_ledger_cell {
    const uint8_t *name, *before, *after;
    size_t name_bytes, before_bytes, after_bytes;
    bool written; /* then after (NULL: deleted) is what holds */
};

_Static_assert(sizeof(struct hb_ledger_cell) + sizeof(struct hb_state_cell) + 8 <= HB_LEDGER_CELL_BYTES, "the caller's memory must do");

static _Noreturn void bad_input(const char *what)
{
    size_t n = 0;
    while (what[n])
        n++;
    hb_write_stderr("invalid input: ", 15);
    hb_write_stderr(what, n);
    hb_write_stderr("\n", 1);
    hb_exit(HB_EXIT_INPUT);
}

static size_t namespace_of(char out[72], const char *program)
{
    size_t n = 0;
    memcpy(out, "storage/", 8);
    while (program[n] && n < 64) {
        out[8 + n] = program[n];
        n++;
    }
    if (n == 0 || program[n])
        hb_panic("hb_ledger_open: a program id has 1 to 64 characters");
    return 8 + n;
}

static bool read_cell(hb_reader *r, const char *space, size_t space_bytes, struct hb_ledger_cell *cell, hb_state_cell *state)
{
    uint16_t name;
    uint8_t there;
    uint32_t value = 0;
    memset(cell, 0, sizeof *cell);
    memset(state, 0, sizeof *state);
    if (!hb_read_u16(r, &name) || !hb_read_span(r, name, &cell->name) || !hb_read_u8(r, &there) || there > 1 ||
        (there && (!hb_read_u32(r, &value) || !hb_read_span(r, value, &cell->before))))
        return false;
    cell->name_bytes = name;
    cell->before_bytes = value;
    hb_ledger_key(state->key, space, space_bytes, cell->name, name);
    return true;
}

/* Does the proof say of each cell what the chunk says? Its hash stays in after_hash, which is the value's unless it is written. */
static bool values_agree(hb_ledger *l)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct hb_ledger_cell *cell = &l->cells[i];
        hb_state_cell *state = &l->states[i];
        if (state->before_present != (cell->before != NULL))
            return false;
        if (!cell->before)
            continue;
        hb_blake3_hash(state->after_hash, cell->before, cell->before_bytes);
        if (memcmp(state->after_hash, state->before_hash, 32) != 0)
            return false;
        state->after_present = true;
    }
    return true;
}

void hb_ledger_open(hb_ledger *l, const char *program, void *memory, size_t bytes)
{
    const uint8_t *chunk = NULL, *magic;
    char space[72];
    uint32_t n, proof;
    size_t size = 0;
    const size_t space_bytes = namespace_of(space, program);
    if (!hb_next_chunk(&chunk, &size))
        bad_input("there is no chunk for the ledger");
    hb_reader r = hb_reader_of(chunk, size);
    if (!hb_read_span(&r, 8, &magic) || memcmp(magic, "hbwitnes", 8) != 0 || !hb_read_u32(&r, &n) || n == 0)
        bad_input("the chunk is not a ledger's");
    if (n > bytes / HB_LEDGER_CELL_BYTES)
        hb_panic("hb_ledger_open: more cells than the memory holds");
    *l = (hb_ledger){.program = program, .cells = memory, .states = (struct hb_state_cell *)((struct hb_ledger_cell *)memory + n), .n = n};
    for (size_t i = 0; i < n; i++)
        if (!read_cell(&r, space, space_bytes, &l->cells[i], &l->states[i]))
            bad_input("the chunk is not a ledger's");
    if (!hb_read_u32(&r, &proof) || !hb_read_span(&r, proof, &l->proof) || hb_reader_left(&r))
        bad_input("the chunk is not a ledger's");
    l->proof_bytes = proof;
    if (hb_state_proof_update(l->proof, proof, l->states, n, l->before_root, NULL, NULL) != HB_OK || !values_agree(l))
        bad_input("the ledger's values and proof do not agree");
}

static size_t find(const hb_ledger *l, const void *name, size_t name_bytes)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->cells[i].name_bytes == name_bytes && memcmp(l->cells[i].name, name, name_bytes) == 0)
            return i;
    bad_input("the ledger's input does not have a cell that the program asks for");
}

bool hb_ledger_get(const hb_ledger *l, const void *name, size_t name_bytes, const uint8_t **value, size_t *bytes)
{
    const struct hb_ledger_cell *cell = &l->cells[find(l, name, name_bytes)];
    *value = cell->written ? cell->after : cell->before;
    *bytes = cell->written ? cell->after_bytes : cell->before_bytes;
    return *value != NULL;
}

static void write_cell(hb_ledger *l, const void *name, size_t name_bytes, const uint8_t *value, size_t bytes)
{
    struct hb_ledger_cell *cell = &l->cells[find(l, name, name_bytes)];
    cell->written = true;
    cell->after = value;
    cell->after_bytes = bytes;
}

void hb_ledger_put(hb_ledger *l, const void *name, size_t name_bytes, const void *value, size_t bytes)
{
    if (bytes > UINT32_MAX)
        hb_panic("hb_ledger_put: the value is too long");
    write_cell(l, name, name_bytes, bytes ? value : (const uint8_t *)"", bytes);
}

void hb_ledger_delete(hb_ledger *l, const void *name, size_t name_bytes)
{
    write_cell(l, name, name_bytes, NULL, 0);
}

/* To the host, and into the digest. */
static void emit(hb_blake3 *h, const void *bytes, size_t n)
{
    register uint64_t t0 __asm__("t0") = 0x02; /* WRITE */
    register uint64_t a0 __asm__("a0") = FD_LEDGER_WRITES;
    register uint64_t a1 __asm__("a1") = (uint64_t)bytes;
    register uint64_t a2 __asm__("a2") = n;
    __asm__ volatile("ecall" : "+r"(t0) : "r"(a0), "r"(a1), "r"(a2) : "memory");
    hb_blake3_update(h, bytes, n);
}

static void emit_writes(const hb_ledger *l, uint8_t digest[32])
{
    hb_blake3 h;
    uint8_t number[4], id = 0;
    uint32_t n = 0;
    hb_blake3_init(&h);
    while (l->program[id])
        id++;
    for (size_t i = 0; i < l->n; i++)
        n += l->cells[i].written;
    emit(&h, "hbwrites", 8);
    emit(&h, &id, 1);
    emit(&h, l->program, id);
    hb_store_le32(number, n);
    emit(&h, number, 4);
    for (size_t i = 0; i < l->n; i++) {
        const struct hb_ledger_cell *cell = &l->cells[i];
        const uint8_t put = cell->after != NULL;
        if (!cell->written)
            continue;
        hb_store_le16(number, (uint16_t)cell->name_bytes);
        emit(&h, number, 2);
        emit(&h, cell->name, cell->name_bytes);
        emit(&h, &put, 1);
        if (!put)
            continue;
        hb_store_le32(number, (uint32_t)cell->after_bytes);
        emit(&h, number, 4);
        emit(&h, cell->after, cell->after_bytes);
    }
    hb_blake3_final(&h, digest);
}

void hb_ledger_commit(hb_ledger *l)
{
    uint8_t public_values[96];
    for (size_t i = 0; i < l->n; i++) {
        const struct hb_ledger_cell *cell = &l->cells[i];
        hb_state_cell *state = &l->states[i];
        if (!cell->written)
            continue;
        state->after_present = cell->after != NULL;
        if (cell->after)
            hb_blake3_hash(state->after_hash, cell->after, cell->after_bytes);
    }
    if (hb_state_proof_update(l->proof, l->proof_bytes, l->states, l->n, public_values, public_values + 32, NULL) != HB_OK)
        bad_input("the ledger's proof"); /* it was read once, so this is not reached */
    emit_writes(l, public_values + 64);
    write_output(public_values, sizeof public_values);
}
