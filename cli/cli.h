/* What the verbs of the command line share. One file a verb: cmd_<verb>.c defines `const hb_cli_verb hb_cli_<verb>`, and
 * main.c lists it. Exit statuses of every verb but `run` (whose status is the guest's): */
#pragma once

enum hb_cli_exit {
    HB_EXIT_YES = 0,         /* done; the proof is valid */
    HB_EXIT_NO = 1,          /* the answer is no: proof rejected, program does not compile, run failed */
    HB_EXIT_USAGE = 2,       /* the command line is wrong */
    HB_EXIT_ENVIRONMENT = 3, /* something outside is missing or broken: file, compiler, memory, disk */
    HB_EXIT_RUN_FAILED = 125, /* `run` only: the run could not be made */
};

typedef struct hb_cli_verb {
    const char *name;
    const char *help;                   /* one line, no full stop */
    int (*run)(int argc, char **argv);  /* argv[0] is the verb; returns the exit status */
} hb_cli_verb;

/* main calls the first before the verb and the second after it: it ends the process by a signal that was held, and turns `status` into that of a broken
 * environment when standard output could not be written. */
void hb_cli_prepare(void);
int hb_cli_finish(const char *verb, int status);

/* For verbs that leave things to tidy up: from here on SIGINT and SIGTERM only make a note, and go on to a child that was named. The verb looks at the note
 * (0: none) before it begins something long; hb_cli_finish ends the process by it. */
void hb_cli_hold_signals(void);
int hb_cli_held_signal(void);
void hb_cli_forward_signals(int child); /* process id, 0: nobody */

/* Prints "hauptbuch VERB: text" and a newline to stderr. */
__attribute__((format(printf, 2, 3))) void hb_cli_complain(const char *verb, const char *fmt, ...);

/* Like asprintf, but ends the program with HB_EXIT_ENVIRONMENT when memory is out. The caller frees the result. */
__attribute__((format(printf, 1, 2))) char *hb_cli_format(const char *fmt, ...);
