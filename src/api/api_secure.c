#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "api/secure.h"
#include "base/bytes.h"

#if defined(__linux__) && defined(__x86_64__)
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#define HAVE_FILTER 1
#else
#define HAVE_FILTER 0
#endif

/* --- the child's cage --------------------------------------------------------------------------------------------------------------------- */

#if HAVE_FILTER
/* Memory, threads of its own, signals to itself (abort), clocks, and the pipe that is open already. All else is refused with EPERM; clone3 with ENOSYS, so that the C library makes threads by clone,
 * whose flags can be looked at. */
#define OWN_PID UINT32_C(0xfffffffe) /* stands for the child's process id, which is known when the filter is installed */
#define ALLOW(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
static const struct sock_filter filter[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    ALLOW(read), ALLOW(write), ALLOW(close), ALLOW(mmap), ALLOW(munmap), ALLOW(mremap), ALLOW(madvise), ALLOW(mprotect), ALLOW(brk), ALLOW(futex),
    ALLOW(exit), ALLOW(exit_group), ALLOW(rt_sigprocmask), ALLOW(rt_sigaction), ALLOW(rt_sigreturn), ALLOW(sigaltstack), ALLOW(sched_yield),
    ALLOW(sched_getaffinity), ALLOW(set_robust_list), ALLOW(rseq), ALLOW(gettid), ALLOW(getpid), ALLOW(clock_gettime), ALLOW(clock_nanosleep),
    ALLOW(nanosleep), ALLOW(getrusage), ALLOW(membarrier), ALLOW(restart_syscall), ALLOW(getrandom),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_PID, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x00010000 /* CLONE_THREAD */, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
};

static bool install_filter(void)
{
    struct sock_filter own[sizeof filter / sizeof *filter];
    const struct sock_fprog program = {sizeof filter / sizeof *filter, own};
    memcpy(own, filter, sizeof filter);
    for (size_t i = 0; i < program.len; i++)
        if (own[i].k == OWN_PID)
            own[i].k = (uint32_t)getpid();
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}
#else
static bool install_filter(void)
{
    return false;
}
#endif

/* Descriptors that the caller happens to have open (sockets, databases) would be the child's too, and the filter looks at calls, not at what they are made on. */
static void close_others(int fd)
{
#if HAVE_FILTER && defined(SYS_close_range)
    if (syscall(SYS_close_range, 3u, (unsigned)fd - 1, 0u) == 0 || fd == 3)
        if (syscall(SYS_close_range, (unsigned)fd + 1, ~0u, 0u) == 0)
            return;
#endif
    const long end = sysconf(_SC_OPEN_MAX);
    for (int other = 3; other < end; other++)
        if (other != fd)
            close(other);
}

static void set_limits(const hb_zkvm_config *config)
{
    const uint64_t seconds = config->program_execution_timeout + config->proof_generation_timeout;
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_FSIZE, &none); /* pipes are not files */
    if (config->program_execution_timeout && config->proof_generation_timeout) {
        const rlim_t cpu = (rlim_t)(seconds * config->threads + 10);
        const struct rlimit time = {cpu, cpu};
        setrlimit(RLIMIT_CPU, &time);
    }
}

static void send_all(int fd, const void *bytes, size_t n)
{
    for (const uint8_t *p = bytes; n > 0;) {
        const ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            _exit(1);
        p += done;
        n -= (size_t)done;
    }
}

/* Answer: u32 status, u32 sandboxed, 256 bytes of message, the result. */
enum { HEAD_BYTES = 8 + HB_ERROR_MESSAGE_BYTES };

static void child(int fd, const hb_proving_key *key, const hb_api_keys *keys, const hb_program_input *input, const hb_zkvm_config *config)
{
    uint8_t head[HEAD_BYTES] = {0};
    hb_execution_result result;
    hb_error err = {0};
    hb_buf bytes = {0};
    uint32_t shards;
    memset(&result, 0, sizeof result);
    close_others(fd);
    set_limits(config);
    const bool caged = install_filter();
    hb_status st = hb_api_prove(key, keys, input, config, NULL, &result, &shards, &err);
    if (st == HB_OK)
        st = hb_api_result_write(&result, &bytes);
    hb_store_le32(head, (uint32_t)st);
    hb_store_le32(head + 4, caged);
    memcpy(head + 8, err.message, HB_ERROR_MESSAGE_BYTES);
    send_all(fd, head, sizeof head);
    send_all(fd, bytes.data, bytes.len);
    _exit(0);
}

/* --- the parent --------------------------------------------------------------------------------------------------------------------------- */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Everything that the child says, until it closes the pipe. */
static hb_status listen_to(int fd, const hb_zkvm_config *config, const hb_callbacks *callbacks, hb_buf *answer, hb_error *err)
{
    static const size_t most = (size_t)4 << 30;
    const bool bounded = config->program_execution_timeout && config->proof_generation_timeout;
    const double deadline = now() + (double)config->program_execution_timeout + (double)config->proof_generation_timeout + 1;
    uint8_t block[1 << 14];
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        const int ready = poll(&p, 1, 100);
        if (callbacks->cancelled && callbacks->cancelled(callbacks->ctx))
            return hb_fail(err, HB_CANCELLED, "the job was cancelled");
        if (bounded && now() > deadline)
            return hb_fail(err, HB_PROGRAM_TIMEOUT, "the child took longer than allowed");
        if (ready == 0 || (ready < 0 && errno == EINTR))
            continue;
        const ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return HB_OK;
        if (answer->len + (size_t)n > most || hb_buf_append(answer, block, (size_t)n) != HB_OK)
            return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the child's answer");
    }
}

static hb_status take_answer(const hb_buf *answer, int exit_status, hb_execution_result *result, hb_error *err)
{
    if (answer->len < HEAD_BYTES) {
        const bool killed = WIFSIGNALED(exit_status);
        return hb_fail(err, HB_EXECUTION_FAILED, "the child that executed the program ended without an answer (%s %d)", killed ? "signal" : "status",
                       killed ? WTERMSIG(exit_status) : WEXITSTATUS(exit_status));
    }
    const uint32_t status = hb_load_le32(answer->data);
    char message[HB_ERROR_MESSAGE_BYTES];
    memcpy(message, answer->data + 8, sizeof message);
    message[sizeof message - 1] = 0;
    if (status >= HB_STATUS_COUNT)
        return hb_fail(err, HB_EXECUTION_FAILED, "the child that executed the program gave an answer that is none");
    if (status != HB_OK)
        return hb_fail(err, (hb_status)status, "%s", message);
    if (!hb_api_result_read(result, answer->data + HEAD_BYTES, answer->len - HEAD_BYTES))
        return hb_fail(err, HB_INVALID_EXECUTION_RESULT, "the child's answer is damaged");
    result->sandboxed = hb_load_le32(answer->data + 4) != 0;
    return HB_OK;
}

hb_status hb_api_prove_in_child(const hb_proving_key *key, const hb_api_keys *keys, const hb_program_input *input, const hb_zkvm_config *config, const hb_callbacks *callbacks,
                                hb_execution_result *result, hb_error *err)
{
    int ends[2], exit_status = 0;
    hb_buf answer = {0};
    hb_zkvm_config inner = *config; /* the child cannot ask the system any more */
    inner.threads = hb_api_threads(config);
    inner.proving_memory = hb_api_memory(config);
    if (pipe(ends) != 0)
        return hb_fail(err, HB_IO, "no pipe for a child process: %s", strerror(errno));
    const pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(ends[1], key, keys, input, &inner);
    }
    close(ends[1]);
    hb_status st = pid < 0 ? hb_fail(err, HB_IO, "no child process: %s", strerror(errno)) : listen_to(ends[0], config, callbacks, &answer, err);
    close(ends[0]);
    if (pid > 0) {
        kill(pid, SIGKILL); /* also one that has closed the pipe and does not end; the status of one that is ending stays what it is */
        while (waitpid(pid, &exit_status, 0) < 0 && errno == EINTR)
            continue;
    }
    if (st == HB_OK)
        st = take_answer(&answer, exit_status, result, err);
    hb_buf_free(&answer);
    return st;
}
