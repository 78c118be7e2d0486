/* A Dockerfile, executed on an empty context as each builder takes it. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "fuzz.h"
#include "recipe/plan.h"

static int empty_folder(void) {
    static int fd = -1;
    char path[] = "/tmp/fuzz-context-XXXXXX";
    if (fd < 0 && mkdtemp(path)) {
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        rmdir(path);
    }
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const arguments[] = {"A=1", "B=x y", NULL};
    if (size < 1 || size > 65536)
        return 0;
    const struct sb_builder *builder = data[0] % 2 ? &sb_builders[data[0] / 2 % 12] : NULL;
    struct sb_plan plan = SB_PLAN_INIT;
    struct sb_canon canon = SB_CANON_INIT;
    struct sb_error error;
    struct sb_plan_request request = {.directory = empty_folder(),
                                      .dockerfile = "Dockerfile",
                                      .text = sb_span_of(data + 1, size - 1),
                                      .platform = "linux/arm/v7",
                                      .build_arguments = arguments,
                                      .builder = builder && builder->name ? builder : NULL,
                                      .version = sb_span_string("1.2")};
    if (sb_plan_make(&plan, &request, &error) == 0 && sb_plan_canon(&plan, "t", &canon, &error) < 0)
        fuzz_check(error.message[0] != 0, "an error says something");
    sb_canon_release(&canon);
    sb_plan_release(&plan);
    return 0;
}
