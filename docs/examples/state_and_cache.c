/* A ledger whose every step is a proven run: a counter counts in it. Then the pieces by themselves: verifying a state, a value and its proof, proofs that are made once and kept, committing
 * one, and going back.
 *
 *     hauptbuch build counter -o counter.elf        (a program of the ledger module, here tests/guests/programs/c-ledger)
 *     ./state_and_cache counter.elf DIRECTORY       (a new one) */
#include <hauptbuch/ledger.h>
#include <hauptbuch/zkvm.h>
#include <stdio.h>

static const hb_chunk names[2] = {{(const uint8_t *)"n", 1}, {(const uint8_t *)"old", 3}};

typedef struct {
    hb_zkvm *vm;
    hb_program *program;
    hb_ledger *ledger;
} world;

/* The counter's input: its cells as they are, and their proof. Free witness->bytes with hb_bytes_free. */
static hb_status next_input(world *w, uint8_t **bytes, hb_chunk *witness, hb_program_input *input, hb_error *err)
{
    const hb_status st = hb_ledger_witness(w->ledger, "counter", names, 2, bytes, &witness->n, err);
    witness->bytes = *bytes;
    *input = (hb_program_input){.size = sizeof *input, .chunks = witness, .n_chunks = 1};
    return st;
}

/* Execute, prove, verify the state, update the state: one call. */
static hb_status count(world *w, hb_error *err)
{
    hb_execution_result *result = NULL;
    hb_program_input input;
    hb_chunk witness;
    uint8_t *bytes;
    hb_status st = next_input(w, &bytes, &witness, &input, err);
    if (st == HB_OK)
        st = hb_zkvm_execute_program(w->vm, w->program, &input, &result, err);
    if (st == HB_OK)
        printf("executed: state %s, commitment of %zu bytes, proof of state of %zu\n", hb_execution_result_state_status(result), hb_execution_result_state_commitment(result).n,
               hb_execution_result_state_proof(result).n);
    hb_execution_result_free(result);
    hb_bytes_free(bytes);
    return st;
}

/* What somebody who has the root alone can be shown. */
static hb_status show(world *w, hb_error *err)
{
    hb_ledger_cell cell = {.value = {NULL, 0}};
    uint8_t root[32], *proof = NULL, *value = NULL;
    size_t n;
    hb_status st = hb_ledger_cell_key(cell.key, "storage/counter", "n", 1);
    if (st == HB_OK)
        st = hb_ledger_root(w->ledger, HB_LEDGER_LATEST, root, err);
    if (st == HB_OK)
        st = hb_zkvm_verify_state(w->vm, root, err);
    if (st == HB_OK)
        st = hb_ledger_get(w->ledger, HB_LEDGER_LATEST, cell.key, &value, &cell.value.n, err);
    cell.value.bytes = value;
    if (st == HB_OK)
        st = hb_ledger_prove(w->ledger, HB_LEDGER_LATEST, (const uint8_t(*)[32])cell.key, 1, &proof, &n, err);
    if (st == HB_OK)
        st = hb_ledger_verify(root, proof, n, &cell, 1, err);
    if (st == HB_OK)
        printf("the counter is at %u: %zu bytes of proof\n", value ? value[0] : 0, n);
    if (st == HB_OK && value) {
        value[0]++;
        const hb_status lie = hb_ledger_verify(root, proof, n, &cell, 1, err);
        printf("and not at %u: %s: %s\n", value[0], hb_status_text(lie), err->message);
    }
    root[0] ^= 1;
    if (st == HB_OK && hb_zkvm_verify_state(w->vm, root, err) != HB_OK)
        printf("another root: %s: %s\n", hb_status_text(err->status), err->message);
    hb_bytes_free(proof);
    hb_bytes_free(value);
    return st;
}

/* The same proof twice; only one of the two can be committed. */
static hb_status cached(world *w, hb_error *err)
{
    hb_program_input input;
    hb_chunk witness;
    uint8_t *bytes;
    hb_status st = next_input(w, &bytes, &witness, &input, err);
    for (int i = 0; i < 2 && st == HB_OK; i++) {
        hb_execution_result *result = NULL;
        int hit;
        st = hb_zkvm_cached_generate_proof(w->vm, w->program, &input, &result, &hit, err);
        if (st != HB_OK)
            break;
        printf("%s, state %s\n", hit ? "from the cache" : "proven", hb_execution_result_state_status(result));
        const hb_status committed = hb_zkvm_commit_state(w->vm, result, err);
        printf("commit: %s%s%s\n", committed == HB_OK ? "done" : hb_status_text(committed), committed == HB_OK ? "" : ": ", committed == HB_OK ? "" : err->message);
        hb_execution_result_free(result);
    }
    hb_bytes_free(bytes);
    return st;
}

static int print_version(void *ctx, const hb_ledger_version *v)
{
    static const char *const kinds[] = {"genesis", "administrative", "proven"};
    (void)ctx;
    printf("version %llu: %s, root %02x%02x%02x%02x...\n", (unsigned long long)v->version, kinds[v->kind], v->root[0], v->root[1], v->root[2], v->root[3]);
    return 0;
}

/* The program under its verifying key, in a new ledger. */
static hb_status found(world *w, const char *program, const char *directory, hb_error *err)
{
    hb_proving_key *key = NULL;
    hb_status st = hb_program_from_file(&w->program, program, err);
    if (st == HB_OK)
        st = hb_proving_key_generate(&key, w->program, err);
    if (st == HB_OK) {
        const hb_ledger_program counter = {"counter", "1.0.0", hb_proving_key_get_verifying_key(key), 1};
        st = hb_ledger_create(&w->ledger, directory, &counter, 1, NULL, 0, err);
    }
    if (st == HB_OK)
        st = hb_zkvm_new(&w->vm, NULL, err);
    if (st == HB_OK)
        st = hb_zkvm_open_ledger(w->vm, directory, err);
    hb_proving_key_free(key);
    return st;
}

int main(int argc, char **argv)
{
    hb_error err = {0};
    world w = {NULL, NULL, NULL};
    if (argc != 3)
        return 2;
    hb_status st = found(&w, argv[1], argv[2], &err);
    for (int i = 0; i < 2 && st == HB_OK; i++)
        st = count(&w, &err);
    if (st == HB_OK)
        st = show(&w, &err);
    if (st == HB_OK)
        st = cached(&w, &err);
    if (st == HB_OK)
        st = hb_ledger_rollback(w.ledger, 1, NULL, &err);
    if (st == HB_OK)
        st = hb_ledger_history(w.ledger, 0, HB_LEDGER_LATEST, print_version, NULL, &err);
    if (st != HB_OK)
        fprintf(stderr, "%s: %s\n", hb_status_text(st), err.message);
    hb_zkvm_free(w.vm);
    hb_ledger_close(w.ledger);
    hb_program_free(w.program);
    return st == HB_OK ? 0 : 1;
}
