/* Proofs that are made once and kept, and the state of a ledger (which this version cannot open through a handle, and says so).
 *
 *     ./state_and_cache program.hbc */
#include <hauptbuch/zkvm.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    hb_error err = {0};
    hb_zkvm *vm = NULL;
    hb_program *program = NULL;
    const uint8_t number[8] = {5}, root[32] = {0};
    const hb_program_input input = {.size = sizeof input, .stdin_bytes = {number, sizeof number}};
    if (argc != 2)
        return 2;
    hb_status st = hb_zkvm_new(&vm, NULL, &err);
    if (st == HB_OK)
        st = hb_program_from_file(&program, argv[1], &err);
    for (int i = 0; i < 2 && st == HB_OK; i++) {
        hb_execution_result *result = NULL;
        int cached;
        st = hb_zkvm_cached_generate_proof(vm, program, &input, &result, &cached, &err);
        if (st == HB_OK)
            printf("%s: %zu bytes of proof\n", cached ? "from the cache" : "proven", hb_execution_result_proof(result).n);
        hb_execution_result_free(result);
    }
    if (st != HB_OK)
        return fprintf(stderr, "%s: %s\n", hb_status_text(st), err.message), 1;
    st = hb_zkvm_verify_state(vm, root, &err);
    printf("%s: %s\n", hb_status_text(st), err.message);
    hb_program_free(program);
    hb_zkvm_free(vm);
    return 0;
}
