/* A program with an identity, limits and a dependency; what adding a wrong one says; and its file.
 *
 *     ./build_a_program code.hbc packaged.hbc */
#include <hauptbuch/zkvm.h>
#include <stdio.h>

static void say(const char *what, hb_status st, const hb_error *err)
{
    printf("%s: %s\n", what, st == HB_OK ? "done" : err->message);
}

int main(int argc, char **argv)
{
    hb_error err = {0};
    hb_program *program = NULL;
    uint8_t *bytes;
    size_t n;
    if (argc != 3)
        return 2;
    hb_status st = hb_program_from_file(&program, argv[1], &err);
    if (st != HB_OK)
        return fprintf(stderr, "%s\n", err.message), 1;
    const hb_program_metadata metadata = {.name = "Example", .version = "0.1.0", .author = "An author", .description = "What it does.", .license = "MIT"};
    const hb_program_configuration limits = {.memory_limit = 1 << 20, .stack_limit = 1 << 16, .gas_limit = 1000000};
    const hb_program_dependency std = {HB_PROGRAM_NEEDS_CRATE, "std", NULL, NULL}, prices = {HB_PROGRAM_NEEDS_PROGRAM, "price-list", "^1.2", NULL},
                                wrong = {HB_PROGRAM_NEEDS_PROGRAM, "another", "not a version", NULL};
    say("id", hb_program_set_id(program, "example", &err), &err);
    say("metadata", hb_program_set_metadata(program, &metadata, &err), &err);
    say("limits", hb_program_set_configuration(program, &limits, &err), &err);
    say("std", hb_program_add_dependency(program, &std, &err), &err);
    say("price-list", hb_program_add_dependency(program, &prices, &err), &err);
    say("price-list again", hb_program_add_dependency(program, &prices, &err), &err);
    say("a wrong version", hb_program_add_dependency(program, &wrong, &err), &err);
    st = hb_program_to_bytes(program, &bytes, &n, &err);
    FILE *f = st == HB_OK ? fopen(argv[2], "wb") : NULL;
    const int good = f && fwrite(bytes, 1, n, f) == n;
    if (f && fclose(f) == 0 && good)
        printf("%zu bytes written\n", n);
    hb_bytes_free(bytes);
    hb_program_free(program);
    return good ? 0 : 1;
}
