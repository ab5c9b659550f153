/* With a C library: reads numbers from standard input, sorts them with qsort, prints them and their mean, commits to them as text. */
#include <hauptbuch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int main(void)
{
    double *numbers = NULL, number, sum = 0;
    size_t count = 0, room = 0;
    while (scanf("%lf", &number) == 1) {
        if (count == room) {
            numbers = realloc(numbers, (room = room ? 2 * room : 4) * sizeof *numbers);
            if (!numbers)
                abort();
        }
        numbers[count++] = number;
        sum += number;
    }
    if (count == 0) {
        fprintf(stderr, "no numbers\n");
        return HB_EXIT_INPUT;
    }
    qsort(numbers, count, sizeof *numbers, compare);
    for (size_t i = 0; i < count; i++) {
        char text[64];
        snprintf(text, sizeof text, "%.3f\n", numbers[i]);
        fputs(text, stdout);
        write_output((const uint8_t *)text, strlen(text));
    }
    printf("mean %.6f of %zu", sum / (double)count, count);
    free(numbers);
    return 0;
}
