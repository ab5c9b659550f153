/* The public API: every handle, every status that it can give (the list at the end), and what it promises about threads, limits and leftovers. */
#include "tests/api/api_case.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static bool met[HB_STATUS_COUNT]; /* statuses that a test has seen with their texts */

static void expect(hb_status got, hb_status want, const hb_error *err)
{
    if (got != want)
        fail_msg("'%s' (%s), not '%s'", hb_status_text(got), err->message, hb_status_text(want));
    met[got] = true;
}

static hb_program *factorial(void)
{
    return api_bytecode("    INPUT\n    PUSH @factorial\n    CALL\n    OUTPUT\n    STOP\nfactorial:\n    DUP 0\n    PUSH @more\n    JUMPI\n    POP\n    PUSH 1\n    RETURN\n"
                        "more:\n    DUP 0\n    PUSH 1\n    SWAP 1\n    SUB\n    PUSH @factorial\n    CALL\n    MUL\n    RETURN\n");
}

static hb_program_input number(const uint8_t *eight)
{
    return (hb_program_input){.size = sizeof(hb_program_input), .stdin_bytes = {eight, 8}};
}

static const uint8_t five[8] = {5}, six[8] = {6};

static hb_zkvm *machine(void)
{
    hb_zkvm_config config;
    hb_error err = {0};
    hb_zkvm *vm;
    expect(hb_zkvm_config_init(&config, NULL, &err), HB_OK, &err);
    config.threads = 1;
    expect(hb_zkvm_new(&vm, &config, &err), HB_OK, &err);
    return vm;
}

static void emit_invalid(hb_rvasm *a)
{
    hb_rvasm_op(a, HB_OP_ADDI, 0, 0, 0, 0);
    hb_rvasm_word(a, 0xffffffff);
}
static void emit_ebreak(hb_rvasm *a)
{
    hb_rvasm_op(a, HB_OP_ADDI, 0, 0, 0, 0);
    hb_rvasm_op(a, HB_OP_EBREAK, 0, 0, 0, 0);
}
static void emit_loop(hb_rvasm *a)
{
    const uint32_t here = hb_rvasm_label(a);
    hb_rvasm_place(a, here);
    hb_rvasm_jal(a, 0, here);
}
static void emit_halt(hb_rvasm *a) { hb_rvasm_halt(a, 3); }
static void emit_memory(hb_rvasm *a) /* touches page after page */
{
    const uint32_t again = hb_rvasm_label(a);
    hb_rvasm_li(a, 6, 0x79000000);
    hb_rvasm_li(a, 7, 4096);
    hb_rvasm_place(a, again);
    hb_rvasm_op(a, HB_OP_SD, 0, 6, 0, 0);
    hb_rvasm_op(a, HB_OP_ADD, 6, 6, 7, 0);
    hb_rvasm_jal(a, 0, again);
}
static void emit_stack(hb_rvasm *a) /* goes down from the stack's top */
{
    const uint32_t again = hb_rvasm_label(a);
    hb_rvasm_li(a, 6, 0x78000000 - 8);
    hb_rvasm_place(a, again);
    hb_rvasm_op(a, HB_OP_SD, 0, 6, 0, 0);
    hb_rvasm_op(a, HB_OP_ADDI, 6, 6, 0, -8);
    hb_rvasm_jal(a, 0, again);
}

/* --- configuration ------------------------------------------------------------------------------------------------------------------------ */

static void config_has_its_order_of_precedence(void **state)
{
    (void)state;
    hb_zkvm_config c;
    hb_error err = {0};
    char path[] = "/tmp/hb_api_test_XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char text[] = "{\"max_memory_limit\": \"256M\", \"program_execution_timeout\": 7, \"enable_state_caching\": false, \"threads\": 3}";
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    expect(hb_zkvm_config_init(&c, NULL, &err), HB_OK, &err);
    assert_int_equal(c.max_memory_limit, UINT64_C(1) << 30);
    assert_int_equal(c.max_stack_limit, 1 << 20);
    assert_int_equal(c.program_execution_timeout, 300);
    assert_int_equal(c.proof_generation_timeout, 600);
    assert_true(c.enable_proof_aggregation == 1 && c.enable_state_caching == 1 && c.enable_parallel_execution == 1);
    setenv("HB_PROGRAM_EXECUTION_TIMEOUT", "9", 1);
    expect(hb_zkvm_config_init(&c, path, &err), HB_OK, &err);
    assert_int_equal(c.max_memory_limit, 256 << 20); /* the file's */
    assert_int_equal(c.program_execution_timeout, 9); /* the environment's */
    assert_int_equal(c.enable_state_caching, 0);
    setenv("HB_ENABLE_STATE_CACHING", "maybe", 1);
    expect(hb_zkvm_config_init(&c, path, &err), HB_INVALID_ARGUMENT, &err);
    assert_non_null(strstr(err.message, "HB_ENABLE_STATE_CACHING"));
    unsetenv("HB_ENABLE_STATE_CACHING");
    unsetenv("HB_PROGRAM_EXECUTION_TIMEOUT");
    FILE *f = fopen(path, "w");
    fputs("{\"max_memry_limit\": 1}", f);
    fclose(f);
    expect(hb_zkvm_config_init(&c, path, &err), HB_INVALID_ARGUMENT, &err);
    unlink(path);
    expect(hb_zkvm_config_init(&c, path, &err), HB_IO, &err);
}

/* --- programs and keys -------------------------------------------------------------------------------------------------------------------- */

static void programs_are_checked(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_program *p = NULL, *again;
    expect(hb_program_from_bytes(&p, (const uint8_t *)"not a program", 13, &err), HB_INVALID_PROGRAM, &err);
    assert_null(p);
    p = factorial();
    assert_int_equal(hb_program_get_kind(p), HB_PROGRAM_BYTECODE);
    expect(hb_program_set_id(p, "factorial", &err), HB_OK, &err);
    expect(hb_program_set_id(p, "Not an id", &err), HB_INVALID_ARGUMENT, &err);
    const hb_program_metadata m = {.name = "Factorial", .version = "1.2.3", .author = "somebody", .description = "n!", .license = "MIT"};
    expect(hb_program_set_metadata(p, &m, &err), HB_OK, &err);
    const hb_program_dependency good = {HB_PROGRAM_NEEDS_PROGRAM, "helper", "^1.0", NULL}, bad_id = {HB_PROGRAM_NEEDS_PROGRAM, "", "^1.0", NULL},
                                bad_version = {HB_PROGRAM_NEEDS_PROGRAM, "other", "one", NULL};
    expect(hb_program_add_dependency(p, &good, &err), HB_OK, &err);
    expect(hb_program_add_dependency(p, &good, &err), HB_DUPLICATE_DEPENDENCY, &err);
    expect(hb_program_add_dependency(p, &bad_id, &err), HB_INVALID_DEPENDENCY, &err);
    expect(hb_program_add_dependency(p, &bad_version, &err), HB_INVALID_DEPENDENCY_VERSION, &err);
    uint8_t *bytes;
    size_t n;
    expect(hb_program_to_bytes(p, &bytes, &n, &err), HB_OK, &err);
    expect(hb_program_from_bytes(&again, bytes, n, &err), HB_OK, &err);
    assert_string_equal(hb_program_get_id(again), "factorial");
    assert_string_equal(hb_program_get_metadata(again).version, "1.2.3");
    assert_int_equal(hb_program_dependency_count(again), 1);
    assert_string_equal(hb_program_get_dependency(again, 0).requirement, "^1.0");
    hb_zkvm *vm = machine();
    hb_execution_result *r;
    const hb_program_input input = number(five);
    expect(hb_zkvm_execute_program(vm, again, &input, &r, &err), HB_DEPENDENCY_RESOLUTION_FAILED, &err);
    assert_null(r);
    hb_zkvm_free(vm);
    hb_bytes_free(bytes);
    hb_program_free(again);
    hb_program_free(p);
}

static void keys_are_stored_and_compared(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_program *p = factorial();
    hb_proving_key *k, *again;
    expect(hb_proving_key_generate(&k, p, &err), HB_OK, &err);
    hb_program_free(p);
    const hb_verifying_key v = hb_proving_key_get_verifying_key(k);
    uint8_t *bytes;
    size_t n;
    expect(hb_proving_key_serialize(k, &bytes, &n, &err), HB_OK, &err);
    expect(hb_proving_key_load(&again, bytes, n, &err), HB_OK, &err);
    const hb_verifying_key w = hb_proving_key_get_verifying_key(again);
    assert_true(hb_verifying_key_equal(&v, &w));
    hb_proving_key *none;
    expect(hb_proving_key_load(&none, bytes, 3, &err), HB_INVALID_ARGUMENT, &err);
    bytes[9] ^= 1;
    expect(hb_proving_key_load(&none, bytes, n, &err), HB_INVALID_ARGUMENT, &err);
    char text[65];
    hb_verifying_key x;
    hb_verifying_key_to_text(&v, text);
    expect(hb_verifying_key_from_text(&x, text, &err), HB_OK, &err);
    assert_true(hb_verifying_key_equal(&v, &x));
    text[5] = 'x';
    expect(hb_verifying_key_from_text(&x, text, &err), HB_INVALID_ARGUMENT, &err);
    const hb_circuit_parameters c = hb_circuit_parameters_get();
    assert_true(c.security_bits >= 128.0 && c.chips > 10 && c.text[0]);
    hb_bytes_free(bytes);
    hb_proving_key_free(again);
    hb_proving_key_free(k);
}

/* --- executor ----------------------------------------------------------------------------------------------------------------------------- */

static void count_step(void *ctx, const hb_vm_step *step)
{
    uint64_t *steps = ctx;
    assert_non_null(step->name);
    (*steps)++;
    assert_int_equal(step->after->steps, *steps);
}

static void executors_step_and_show(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_vm_state s, all;
    hb_executor *e;
    uint64_t steps = 0;
    hb_program *bytecode = factorial(), *elf = api_elf(emit_halt);
    const hb_program_input input = number(five);
    expect(hb_executor_new(&e, bytecode, &input, NULL, &err), HB_OK, &err);
    expect(hb_executor_run(e, &err), HB_OK, &err);
    hb_executor_inspect(e, &all);
    assert_true(all.end == HB_VM_HALTED && all.exit_code == 0 && all.gas > 0);
    assert_int_equal(hb_executor_public_values(e).n, 8);
    assert_int_equal(hb_executor_public_values(e).bytes[0], 120);
    hb_executor_free(e);
    expect(hb_executor_new(&e, bytecode, &input, NULL, &err), HB_OK, &err);
    expect(hb_executor_step(e, 1, &err), HB_OK, &err);
    hb_executor_inspect(e, &s);
    assert_true(s.end == HB_VM_RUNNING && s.steps == 1 && s.stack_depth == 1);
    uint64_t word;
    expect(hb_executor_read_stack(e, 0, &word, &err), HB_OK, &err);
    assert_int_equal(word, 5);
    expect(hb_executor_read_stack(e, 1, &word, &err), HB_INVALID_ARGUMENT, &err);
    steps = 1;
    expect(hb_executor_trace(e, UINT64_MAX, count_step, &steps, &err), HB_OK, &err);
    assert_int_equal(steps, all.steps);
    hb_executor_free(e);
    steps = 0;
    expect(hb_executor_new(&e, elf, NULL, NULL, &err), HB_OK, &err);
    expect(hb_executor_trace(e, UINT64_MAX, count_step, &steps, &err), HB_OK, &err);
    hb_executor_inspect(e, &s);
    assert_true(s.end == HB_VM_HALTED && s.exit_code == 3 && s.steps == steps && steps > 1);
    uint8_t byte;
    expect(hb_executor_read_memory(e, 16, &byte, 1, &err), HB_INVALID_ARGUMENT, &err);
    hb_executor_free(e);
    hb_program_free(bytecode);
    hb_program_free(elf);
}

static void ends_of_executors(void **state)
{
    (void)state;
    static const struct {
        void (*emit)(hb_rvasm *a);
        hb_status want;
    } cases[] = {{emit_invalid, HB_INVALID_INSTRUCTION}, {emit_ebreak, HB_EXECUTION_FAILED}, {emit_loop, HB_LIMIT}};
    hb_error err = {0};
    hb_zkvm_config config;
    expect(hb_zkvm_config_init(&config, NULL, &err), HB_OK, &err);
    config.max_cycles = 1000;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hb_program *p = api_elf(cases[i].emit);
        hb_executor *e;
        expect(hb_executor_new(&e, p, NULL, &config, &err), HB_OK, &err);
        expect(hb_executor_run(e, &err), cases[i].want, &err);
        expect(hb_executor_run(e, &err), HB_OK, &err); /* over */
        hb_executor_free(e);
        hb_program_free(p);
    }
}

/* --- the machine -------------------------------------------------------------------------------------------------------------------------- */

static void execute_and_verify(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_zkvm *vm = machine();
    hb_program *p = factorial();
    hb_execution_result *r;
    const hb_program_input input = number(five);
    expect(hb_zkvm_execute_program(vm, p, &input, &r, &err), HB_OK, &err);
    const hb_chunk values = hb_execution_result_public_values(r), proof = hb_execution_result_proof(r);
    const hb_verifying_key key = hb_execution_result_verifying_key(r);
    assert_int_equal(values.n, 16); /* the output, and the gas */
    assert_int_equal(values.bytes[0], 120);
    assert_int_equal(values.bytes[8] | values.bytes[9] << 8, hb_execution_result_gas(r));
    assert_int_equal(hb_execution_result_state_verification(r), 0);
    assert_string_equal(hb_execution_result_state_status(r), "no ledger");
    expect(hb_zkvm_commit_state(vm, r, &err), HB_STATE_COMMITMENT_FAILED, &err);
    assert_string_equal(err.message, "no ledger");
    expect(hb_zkvm_verify_proof(vm, &key, proof.bytes, proof.n, values.bytes, values.n, &err), HB_OK, &err);
    expect(hb_zkvm_verify_proof(vm, &key, proof.bytes, proof.n, values.bytes, values.n - 1, &err), HB_PROOF_VERIFICATION_FAILED, &err);
    uint8_t other[16];
    memcpy(other, values.bytes, 16);
    other[0] ^= 1;
    expect(hb_zkvm_verify_proof(vm, &key, proof.bytes, proof.n, other, 16, &err), HB_PROOF_VERIFICATION_FAILED, &err);
    hb_verifying_key other_key = key;
    other_key.bytes[0] ^= 1;
    expect(hb_zkvm_verify_proof(vm, &other_key, proof.bytes, proof.n, values.bytes, values.n, &err), HB_PROOF_VERIFICATION_FAILED, &err);
    assert_int_not_equal(err.reason, 0);
    hb_execution_result_free(r);
    hb_program_free(p);
    hb_zkvm_free(vm);
}

static void cached_proofs(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_zkvm *vm = machine();
    hb_program *p = factorial();
    hb_execution_result *first, *second, *other;
    int cached;
    const hb_program_input a = number(five), b = number(six);
    expect(hb_zkvm_cached_generate_proof(vm, p, &a, &first, &cached, &err), HB_OK, &err);
    assert_int_equal(cached, 0);
    expect(hb_zkvm_cached_generate_proof(vm, p, &a, &second, &cached, &err), HB_OK, &err);
    assert_int_equal(cached, 1);
    expect(hb_zkvm_cached_generate_proof(vm, p, &b, &other, &cached, &err), HB_OK, &err);
    assert_int_equal(cached, 0);
    const hb_chunk x = hb_execution_result_proof(first), y = hb_execution_result_proof(second);
    assert_int_equal(x.n, y.n);
    assert_memory_equal(x.bytes, y.bytes, x.n);
    hb_execution_result_free(first);
    hb_execution_result_free(second);
    hb_execution_result_free(other);
    hb_program_free(p);
    hb_zkvm_free(vm);
}

static void failures_of_execution(void **state)
{
    (void)state;
    static const struct {
        void (*emit)(hb_rvasm *a);
        hb_status want;
    } cases[] = {{emit_invalid, HB_INVALID_INSTRUCTION}, {emit_ebreak, HB_EXECUTION_FAILED}, {emit_memory, HB_MEMORY_LIMIT_EXCEEDED}, {emit_stack, HB_STACK_LIMIT_EXCEEDED},
                 {emit_loop, HB_PROGRAM_TIMEOUT}};
    hb_error err = {0};
    hb_zkvm_config config;
    hb_zkvm *vm;
    hb_execution_result *r;
    expect(hb_zkvm_config_init(&config, NULL, &err), HB_OK, &err);
    config.threads = 1;
    config.max_memory_limit = 1 << 20;
    config.max_stack_limit = 1 << 14;
    config.program_execution_timeout = 1;
    expect(hb_zkvm_new(&vm, &config, &err), HB_OK, &err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hb_program *p = api_elf(cases[i].emit);
        expect(hb_zkvm_execute_program(vm, p, NULL, &r, &err), cases[i].want, &err);
        assert_null(r);
        hb_program_free(p);
    }
    hb_program *p = api_elf(emit_halt);
    const hb_program_configuration much = {.memory_limit = UINT64_C(1) << 30}, deep = {.stack_limit = 1 << 20};
    expect(hb_program_set_configuration(p, &much, &err), HB_OK, &err);
    expect(hb_zkvm_execute_program(vm, p, NULL, &r, &err), HB_MEMORY_LIMIT_EXCEEDED, &err);
    expect(hb_program_set_configuration(p, &deep, &err), HB_OK, &err);
    expect(hb_zkvm_execute_program(vm, p, NULL, &r, &err), HB_STACK_LIMIT_EXCEEDED, &err);
    hb_program_free(p);
    hb_zkvm_free(vm);
}

static int yes(void *ctx)
{
    (*(int *)ctx)++;
    return 1;
}

static void cancellation(void **state)
{
    (void)state;
    hb_error err = {0};
    int asked = 0;
    hb_zkvm *vm = machine();
    hb_program *p = factorial();
    hb_execution_result *r;
    const hb_callbacks callbacks = {.cancelled = yes, .ctx = &asked};
    const hb_program_input input = number(five);
    hb_zkvm_set_callbacks(vm, &callbacks);
    expect(hb_zkvm_execute_program(vm, p, &input, &r, &err), HB_CANCELLED, &err);
    assert_true(asked > 0);
    hb_program_free(p);
    hb_zkvm_free(vm);
}

static void several_programs(void **state)
{
    (void)state;
    hb_error errors[3];
    hb_status statuses[3];
    hb_execution_result *results[3];
    hb_zkvm *vm = machine();
    hb_program *p = factorial(), *bad = api_elf(emit_ebreak);
    const hb_program *programs[3] = {p, bad, p};
    const hb_program_input inputs[3] = {number(five), {.size = sizeof(hb_program_input)}, number(six)};
    const hb_status st = hb_zkvm_parallel_execute_programs(vm, programs, inputs, 3, results, statuses, errors);
    expect(st, HB_EXECUTION_FAILED, &errors[1]);
    assert_int_equal(statuses[0], HB_OK);
    assert_int_equal(statuses[2], HB_OK);
    assert_null(results[1]);
    assert_int_equal(hb_execution_result_public_values(results[0]).bytes[0], 120);
    assert_int_equal(hb_execution_result_public_values(results[2]).bytes[0], 720 & 255);
    hb_execution_result_free(results[0]);
    hb_execution_result_free(results[2]);
    hb_program_free(p);
    hb_program_free(bad);
    hb_zkvm_free(vm);
}

static void untrusted_programs(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_zkvm *vm = machine();
    hb_program *p = factorial(), *bad = api_elf(emit_ebreak);
    hb_execution_result *r;
    const hb_program_input input = number(five);
    expect(hb_zkvm_secure_execute_program(vm, p, &input, &r, &err), HB_OK, &err);
    assert_int_equal(hb_execution_result_public_values(r).bytes[0], 120);
#if defined(__linux__) && defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
    assert_int_equal(hb_execution_result_sandboxed(r), 1);
#endif
    const hb_verifying_key key = hb_execution_result_verifying_key(r);
    hb_execution_result_free(r);
    expect(hb_zkvm_allow(vm, &key, 1, &err), HB_OK, &err);
    expect(hb_zkvm_secure_execute_program(vm, bad, NULL, &r, &err), HB_SECURITY_VALIDATION_FAILED, &err);
    expect(hb_zkvm_allow(vm, NULL, 0, &err), HB_OK, &err);
    expect(hb_zkvm_secure_execute_program(vm, bad, NULL, &r, &err), HB_EXECUTION_FAILED, &err);
    hb_program_free(p);
    hb_program_free(bad);
    hb_zkvm_free(vm);
}

static void what_is_not_there_says_so(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_zkvm *vm = machine();
    uint8_t root[32] = {0}, *bytes;
    size_t n;
    expect(hb_zkvm_aggregate_proofs(vm, NULL, 0, &bytes, &n, &err), HB_PROOF_AGGREGATION_FAILED, &err);
    expect(hb_zkvm_verify_state(vm, root, &err), HB_STATE_VERIFICATION_FAILED, &err);
    expect(hb_zkvm_commit_state(vm, NULL, &err), HB_INVALID_ARGUMENT, &err);
    hb_zkvm_free(vm);
}

/* --- threads ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct {
    hb_verifying_key key;
    hb_chunk proof;
    int good;
} verifying;

static void *verify_often(void *ctx)
{
    verifying *v = ctx;
    hb_error err = {0};
    for (int i = 0; i < 5; i++)
        v->good += hb_prover_verify(&v->key, v->proof.bytes, v->proof.n, 0, NULL, &err) == HB_OK;
    return NULL;
}

static void eight_threads_verify(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_program *p = factorial();
    hb_proving_key *k;
    hb_proof proof;
    const hb_program_input input = number(five);
    expect(hb_proving_key_generate(&k, p, &err), HB_OK, &err);
    expect(hb_prover_prove(k, &input, NULL, NULL, &proof, &err), HB_OK, &err);
    pthread_t threads[8];
    verifying v[8];
    for (int i = 0; i < 8; i++) {
        v[i] = (verifying){hb_proving_key_get_verifying_key(k), {proof.bytes, proof.n}, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, verify_often, &v[i]), 0);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(v[i].good, 5);
    }
    hb_bytes_free(proof.bytes);
    hb_proving_key_free(k);
    hb_program_free(p);
}

/* Every status of the original design has its text and has been met. */
static void every_status_was_met(void **state)
{
    (void)state;
    static const struct {
        hb_status status;
        const char *text;
        bool elsewhere; /* met by tests of its own room */
    } all[] = {{HB_INVALID_PROGRAM, "Invalid program", false},
               {HB_INVALID_INSTRUCTION, "Invalid instruction", false},
               {HB_INVALID_DEPENDENCY, "Invalid dependency", false},
               {HB_DUPLICATE_DEPENDENCY, "Duplicate dependency", false},
               {HB_INVALID_DEPENDENCY_VERSION, "Invalid dependency version", false},
               {HB_EXECUTION_FAILED, "Program execution failed", false},
               {HB_PROOF_GENERATION_FAILED, "Proof generation failed", true}, /* src/air: a tuple that is in no table */
               {HB_PROOF_VERIFICATION_FAILED, "Proof verification failed", false},
               {HB_STATE_VERIFICATION_FAILED, "State verification failed", false},
               {HB_SECURITY_VALIDATION_FAILED, "Security validation failed", false},
               {HB_MEMORY_LIMIT_EXCEEDED, "Memory limit exceeded", false},
               {HB_STACK_LIMIT_EXCEEDED, "Stack limit exceeded", false},
               {HB_INVALID_EXECUTION_RESULT, "Invalid execution result", true}, /* api_inside_test.c */
               {HB_STATE_COMMITMENT_FAILED, "State commitment failed", false},
               {HB_PROOF_AGGREGATION_FAILED, "Proof aggregation failed", false},
               {HB_PROGRAM_TIMEOUT, "Program timeout", false},
               {HB_DEPENDENCY_RESOLUTION_FAILED, "Dependency resolution failed", false}};
    assert_int_equal(sizeof all / sizeof *all, 17);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_string_equal(hb_status_text(all[i].status), all[i].text);
        if (!met[all[i].status] && !all[i].elsewhere)
            fail_msg("no test has met '%s'", all[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_has_its_order_of_precedence),
        cmocka_unit_test(programs_are_checked),
        cmocka_unit_test(keys_are_stored_and_compared),
        cmocka_unit_test(executors_step_and_show),
        cmocka_unit_test(ends_of_executors),
        cmocka_unit_test(execute_and_verify),
        cmocka_unit_test(cached_proofs),
        cmocka_unit_test(failures_of_execution),
        cmocka_unit_test(cancellation),
        cmocka_unit_test(several_programs),
        cmocka_unit_test(untrusted_programs),
        cmocka_unit_test(what_is_not_there_says_so),
        cmocka_unit_test(eight_threads_verify),
        cmocka_unit_test(every_status_was_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
