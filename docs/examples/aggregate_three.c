/* Three proofs into one. This version cannot aggregate yet and says so; the call and its error are the ones to write against.
 *
 *     ./aggregate_three program.hbc */
#include <hauptbuch/zkvm.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    hb_error err = {0};
    hb_zkvm *vm = NULL;
    hb_program *program = NULL;
    hb_execution_result *results[3];
    hb_status statuses[3];
    hb_program_input inputs[3];
    uint8_t numbers[3][8] = {{3}, {4}, {5}};
    if (argc != 2)
        return 2;
    hb_status st = hb_zkvm_new(&vm, NULL, &err);
    if (st == HB_OK)
        st = hb_program_from_file(&program, argv[1], &err);
    if (st != HB_OK)
        return fprintf(stderr, "%s\n", err.message), 1;
    const hb_program *programs[3] = {program, program, program};
    for (int i = 0; i < 3; i++)
        inputs[i] = (hb_program_input){.size = sizeof inputs[i], .stdin_bytes = {numbers[i], 8}};
    st = hb_zkvm_parallel_execute_programs(vm, programs, inputs, 3, results, statuses, NULL);
    if (st != HB_OK)
        return fprintf(stderr, "%s\n", hb_status_text(st)), 1;

    hb_chunk proofs[3];
    for (int i = 0; i < 3; i++)
        proofs[i] = hb_execution_result_proof(results[i]);
    uint8_t *aggregate;
    size_t n;
    st = hb_zkvm_aggregate_proofs(vm, proofs, 3, &aggregate, &n, &err);
    if (st == HB_OK)
        printf("one proof of %zu bytes\n", n);
    else
        printf("%s: %s\n", hb_status_text(st), err.message);
    hb_bytes_free(aggregate);
    for (int i = 0; i < 3; i++)
        hb_execution_result_free(results[i]);
    hb_program_free(program);
    hb_zkvm_free(vm);
    return 0;
}
