# `strict`: the warnings every room is compiled with. All are errors.
add_library(strict INTERFACE)
target_compile_options(strict INTERFACE
    -Werror -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
    -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference -Wformat=2
    $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op>
    # GCC 12 reports false positives inside Boost and libstdc++ once they are inlined into our code.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-null-dereference
        -Wno-mismatched-new-delete -Wno-array-bounds -Wno-restrict
        -Wno-stringop-overflow -Wno-stringop-overread>)
# Files that are compiled at once see each other's private names, and are a header's to GCC.
target_compile_options(strict INTERFACE
    $<$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>:-Wno-shadow
        $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>>)
target_include_directories(strict INTERFACE ${PROJECT_SOURCE_DIR})
