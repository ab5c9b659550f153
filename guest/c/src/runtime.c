/* Begin, end, input and output of a C guest. The twin in Rust is the platform layer of std (guest/rust/std). */
#include <hauptbuch.h>

#define FD_STDOUT 1
#define FD_STDERR 2
#define FD_PUBLIC 13
#define FD_ARGS 22
#define FD_STDIN 23
#define FD_KEY 25

#define INPUT_START ((UINT64_C(1) << 37) - (UINT64_C(1) << 34))
#define INPUT_END (UINT64_C(1) << 37)
#define NO_CHUNK UINT64_MAX

enum call { HALT = 0x00, WRITE = 0x02, COMMIT = 0x10, HINT_LEN = 0xF0, HINT_READ = 0xF1 };

static inline uint64_t call(uint64_t number, uint64_t arg0, uint64_t arg1, uint64_t arg2)
{
    register uint64_t t0 __asm__("t0") = number;
    register uint64_t a0 __asm__("a0") = arg0;
    register uint64_t a1 __asm__("a1") = arg1;
    register uint64_t a2 __asm__("a2") = arg2;
    __asm__ volatile("ecall" : "+r"(t0) : "r"(a0), "r"(a1), "r"(a2) : "memory");
    return t0;
}

static void write_fd(uint64_t fd, const void *bytes, size_t size)
{
    call(WRITE, fd, (uint64_t)bytes, size);
}

static size_t length(const char *text)
{
    size_t n = 0;
    while (text[n])
        n++;
    return n;
}

/* ---- output ---- */

static hb_sha256 public_hash;
static bool public_begun;

void write_output(const uint8_t *output, size_t size)
{
    if (!public_begun)
        hb_sha256_init(&public_hash);
    public_begun = true;
    write_fd(FD_PUBLIC, output, size);
    hb_sha256_update(&public_hash, output, size);
}

void hb_write_stdout(const void *bytes, size_t size)
{
    write_fd(FD_STDOUT, bytes, size);
}

void hb_write_stderr(const void *bytes, size_t size)
{
    write_fd(FD_STDERR, bytes, size);
}

void hb_print(const char *text)
{
    hb_write_stdout(text, length(text));
}

void hb_print_u64(uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    hb_write_stdout(digits + at, sizeof digits - at);
}

/* ---- end ---- */

/* SHA-256 of nothing as the words that COMMIT takes (little-endian), so that a program without output pays for no compression. */
static const uint32_t empty_digest[8] = {0x42c4b0e3, 0x141cfc98, 0xc8f4fb9a, 0x24b96f99, 0xe441ae27, 0x4c939b64, 0x1b9995a4, 0x55b85278};

_Noreturn void hb_exit(int code)
{
    uint8_t digest[32];
    if (public_begun)
        hb_sha256_final(&public_hash, digest);
    for (uint64_t i = 0; i < 8; i++) {
        const uint8_t *b = digest + 4 * i;
        uint32_t word = public_begun ? (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24 : empty_digest[i];
        call(COMMIT, i, word, 0);
    }
    call(HALT, (uint64_t)code & 255, 0, 0);
    __builtin_trap();
}

_Noreturn void hb_panic(const char *text)
{
    hb_write_stderr(text, length(text));
    hb_write_stderr("\n", 1);
    hb_exit(HB_EXIT_PANIC);
}

static _Noreturn void invalid_input(const char *what)
{
    hb_write_stderr("invalid input: ", 15);
    hb_write_stderr(what, length(what));
    hb_write_stderr("\n", 1);
    hb_exit(HB_EXIT_INPUT);
}

/* ---- input ---- */

static uint64_t input_next = INPUT_START;

bool hb_next_chunk(const uint8_t **bytes, size_t *size)
{
    const uint64_t len = call(HINT_LEN, 0, 0, 0);
    if (len == NO_CHUNK)
        return false;
    /* HINT_READ fills len / 8 words and always one more. */
    if (len >= INPUT_END - input_next - 8)
        invalid_input("an input chunk does not fit into the input region");
    const uint64_t at = input_next;
    input_next = at + (len & ~UINT64_C(7)) + 8;
    call(HINT_READ, at, len, 0);
    *bytes = (const uint8_t *)at;
    *size = len;
    return true;
}

static const uint8_t *first_chunk;
static size_t first_size;
static bool first_taken;

void read_input(const uint8_t **buf_ptr, size_t *buf_size)
{
    if (!first_taken && !hb_next_chunk(&first_chunk, &first_size))
        first_size = 0;
    first_taken = true;
    *buf_ptr = first_chunk;
    *buf_size = first_size;
}

bool hb_dependency_key(const char *id, uint8_t key[32])
{
    const uint8_t *chunk;
    size_t size;
    write_fd(FD_KEY, id, length(id));
    if (!hb_next_chunk(&chunk, &size) || size != 32)
        return false;
    __builtin_memcpy(key, chunk, 32);
    return true;
}

size_t hb_read_stdin(void *bytes, size_t room)
{
    if (room == 0)
        return 0;
    const uint64_t wanted = room;
    const uint8_t *chunk;
    size_t size;
    write_fd(FD_STDIN, &wanted, sizeof wanted);
    if (!hb_next_chunk(&chunk, &size))
        return 0;
    if (size > room)
        invalid_input("more standard input than was asked for");
    __builtin_memcpy(bytes, chunk, size);
    return size;
}

/* ---- begin ---- */

int main(int argc, char **argv);
extern void (*const __preinit_array_start[])(void), (*const __preinit_array_end[])(void);
extern void (*const __init_array_start[])(void), (*const __init_array_end[])(void);

#ifdef HB_PICOLIBC
_Noreturn void exit(int code); /* flushes, runs what atexit collected, ends in hb_exit */
#else
#define exit hb_exit
#endif

/* argv on the stack: the program's name, a constant, then what the host sends, each part followed by a NUL. */
static _Noreturn void run_main(void)
{
    static char name[] = "guest";
    const uint8_t *text = NULL;
    size_t size = 0, count = 0;
    write_fd(FD_ARGS, NULL, 0);
    if (!hb_next_chunk(&text, &size))
        size = 0;
    if (size > 0 && text[size - 1] != 0)
        invalid_input("arguments that do not end with a NUL");
    for (size_t i = 0; i < size; i++)
        count += text[i] == 0;
    if (count > (1u << 20))
        invalid_input("too many arguments");
    char **argv = __builtin_alloca((count + 2) * sizeof *argv);
    size_t n = 0;
    argv[n++] = name;
    for (size_t i = 0; i < size; i++)
        if (i == 0 || text[i - 1] == 0)
            argv[n++] = (char *)text + i; /* RAM like any other: main may change its arguments */
    argv[n] = NULL;
    exit(main((int)n, argv));
}

_Noreturn void hb_rt_start(void)
{
    for (void (*const *f)(void) = __preinit_array_start; f < __preinit_array_end; f++)
        (*f)();
    for (void (*const *f)(void) = __init_array_start; f < __init_array_end; f++)
        (*f)();
    run_main();
}
