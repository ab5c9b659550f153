/* Executes a program, proves it, and verifies the proof as somebody else would: with the verifying key and the public values that are expected.
 *
 *     cc execute_and_verify.c $(pkg-config --cflags --libs hauptbuch) && ./a.out program.elf 5 */
#include <hauptbuch/zkvm.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const char *what, hb_status status, const hb_error *err)
{
    fprintf(stderr, "%s: %s: %s\n", what, hb_status_text(status), err->message);
    return 1;
}

int main(int argc, char **argv)
{
    hb_error err = {0};
    hb_zkvm *vm = NULL;
    hb_program *program = NULL;
    hb_execution_result *result = NULL;
    uint8_t number[8] = {0};
    if (argc != 3) {
        fputs("usage: execute_and_verify PROGRAM NUMBER\n", stderr);
        return 2;
    }
    const unsigned long long n = strtoull(argv[2], NULL, 10);
    for (int i = 0; i < 8; i++)
        number[i] = (uint8_t)(n >> 8 * i);
    const hb_program_input input = {.size = sizeof input, .stdin_bytes = {number, sizeof number}};
    hb_status st = hb_zkvm_new(&vm, NULL, &err);
    if (st == HB_OK)
        st = hb_program_from_file(&program, argv[1], &err);
    if (st == HB_OK)
        st = hb_zkvm_execute_program(vm, program, &input, &result, &err);
    if (st != HB_OK)
        return fail("execute", st, &err);

    const hb_chunk proof = hb_execution_result_proof(result), values = hb_execution_result_public_values(result);
    const hb_verifying_key key = hb_execution_result_verifying_key(result);
    printf("exit code %u, %llu cycles, %zu bytes of proof, first public byte %u\n", hb_execution_result_exit_code(result),
           (unsigned long long)hb_execution_result_cycles(result), proof.n, values.n ? values.bytes[0] : 0);
    printf("state: %s\n", hb_execution_result_state_status(result));

    st = hb_zkvm_verify_proof(vm, &key, proof.bytes, proof.n, values.bytes, values.n, &err);
    if (st != HB_OK)
        return fail("verify", st, &err);
    puts("the proof is valid");
    hb_execution_result_free(result);
    hb_program_free(program);
    hb_zkvm_free(vm);
    return 0;
}
