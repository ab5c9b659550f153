/* hauptbuch verify FILE.proof --program PROG | --vkey HEX [--exit-code N] [--public-values FILE] [--json] */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/cli_files.h"
#include "cli/cli_program.h"
#include "machine/machine_verify.h"

static const char usage[] = "usage: hauptbuch verify FILE.proof (--program PROG | --vkey HEX) [--exit-code N] [--public-values FILE] [--json]\n"
                            "  --program PROG        the program (ELF or .hbc): its verifying key is computed here\n"
                            "  --vkey HEX            its verifying key, as `hauptbuch vkey PROG` prints it\n"
                            "  --exit-code N         the exit code that is accepted (default 0)\n"
                            "  --public-values FILE  write the proven public values there\n";

typedef struct {
    const char *proof, *program, *vkey, *public_values;
    uint32_t exit_code;
    int json;
} arguments;

/* 0, or an exit status. */
static int parse(int argc, char **argv, arguments *a)
{
    static const struct option options[] = {{"program", required_argument, NULL, 'p'}, {"vkey", required_argument, NULL, 'k'},
                                            {"exit-code", required_argument, NULL, 'e'}, {"public-values", required_argument, NULL, 'o'},
                                            {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        char *end;
        unsigned long n;
        switch (c) {
        case 'p': a->program = optarg; break;
        case 'k': a->vkey = optarg; break;
        case 'o': a->public_values = optarg; break;
        case 'j': a->json = 1; break;
        case 'e':
            errno = 0;
            n = strtoul(optarg, &end, 10);
            if (errno || *end || end == optarg || n > 255) {
                hb_cli_complain("verify", "--exit-code takes a number from 0 to 255, not '%s'", optarg);
                return HB_EXIT_USAGE;
            }
            a->exit_code = (uint32_t)n;
            break;
        case 'h': fputs(usage, stdout); exit(hb_cli_finish("verify", HB_EXIT_YES));
        default: fputs(usage, stderr); return HB_EXIT_USAGE;
        }
    }
    if (optind + 1 != argc || !a->program == !a->vkey) {
        fputs(usage, stderr);
        return HB_EXIT_USAGE;
    }
    a->proof = argv[optind];
    return 0;
}

static int hex_key(const char *hex, uint8_t key[32])
{
    if (strlen(hex) != 64 || strspn(hex, "0123456789abcdefABCDEF") != 64) {
        hb_cli_complain("verify", "--vkey takes 64 hexadecimal digits");
        return HB_EXIT_USAGE;
    }
    for (int i = 0; i < 32; i++) {
        const char pair[3] = {hex[2 * i], hex[2 * i + 1], 0};
        key[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return 0;
}

static void report(const arguments *a, const hb_proof_view *view)
{
    char digest[65];
    for (int i = 0; i < 32; i++)
        snprintf(digest + 2 * i, 3, "%02x", (unsigned)(view->statement.public_digest[i / 4] >> (8 * (i % 4)) & 0xff));
    if (a->json)
        printf("{\"valid\": true, \"exit_code\": %u, \"public_values_digest\": \"%s\", \"public_values_bytes\": %llu}\n", view->statement.exit_code, digest,
               (unsigned long long)view->n_public_bytes);
    else
        printf("valid: exit code %u, %llu bytes of public values, digest %s\n", view->statement.exit_code, (unsigned long long)view->n_public_bytes, digest);
}

static int reject(const arguments *a, const hb_error *err)
{
    if (a->json)
        printf("{\"valid\": false, \"reason\": %u, \"message\": \"%s\"}\n", err->reason, err->message);
    else
        hb_cli_complain("verify", "rejected: %s", err->message);
    return HB_EXIT_NO;
}

static int decide(const arguments *a, const hb_buf *proof, const hb_verify_request *request, void *memory)
{
    static hb_machine_airs airs;
    static hb_proof_view view;
    hb_error err = {0};
    hb_scratch scratch = hb_scratch_of(memory, HB_MACHINE_AIRS_BYTES);
    if (hb_machine_airs_init(&airs, &scratch, &err) != HB_OK) {
        hb_cli_complain("verify", "%s", err.message);
        return HB_EXIT_ENVIRONMENT;
    }
    scratch = hb_scratch_of((uint8_t *)memory + HB_MACHINE_AIRS_BYTES, HB_VERIFY_SCRATCH_BYTES);
    if (hb_machine_verify(&airs, proof->data, proof->len, request, scratch, &view, &err) != HB_OK)
        return reject(a, &err);
    if (a->public_values) {
        int status = hb_cli_write_file("verify", a->public_values, view.public_bytes, (size_t)view.n_public_bytes);
        if (status)
            return status;
    }
    report(a, &view);
    return HB_EXIT_YES;
}

static int run(int argc, char **argv)
{
    arguments a = {0};
    hb_verify_request request;
    int status = parse(argc, argv, &a);
    if (status)
        return status;
    request.exit_code = a.exit_code;
    status = a.vkey ? hex_key(a.vkey, request.vkey) : hb_cli_program_vkey("verify", a.program, request.vkey);
    if (status)
        return status;
    hb_buf proof = {0};
    status = hb_cli_read_file("verify", a.proof, &proof);
    void *memory = malloc(HB_MACHINE_AIRS_BYTES + HB_VERIFY_SCRATCH_BYTES);
    if (!memory) {
        hb_cli_complain("verify", "out of memory");
        status = HB_EXIT_ENVIRONMENT;
    }
    if (!status)
        status = decide(&a, &proof, &request, memory);
    free(memory);
    hb_buf_free(&proof);
    return status;
}

const hb_cli_verb hb_cli_verify = {"verify", "check a proof", run};
