# Warnings are errors, and the binary is hardened (the list of docs/design: FORTIFY, stack protector, CET, RELRO, PIE).
option(STOREWRIGHT_SANITIZE "Sanitizers to build with: empty, address, or thread" "")

add_library(storewright_flags INTERFACE)
target_compile_options(storewright_flags INTERFACE
  # Designated initialisers leave members to their defaults on purpose: gcc warns of that under -Wextra.
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Wno-missing-field-initializers
  -fstack-protector-strong -fstack-clash-protection -fcf-protection -ftrivial-auto-var-init=zero)
target_compile_definitions(storewright_flags INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(storewright_flags INTERFACE -Wl,-z,relro,-z,now)

# gcc's own manual warns that sanitizers let it see uninitialised values where there are none.
if(STOREWRIGHT_SANITIZE)
  target_compile_options(storewright_flags INTERFACE -O1 -Wno-uninitialized -Wno-maybe-uninitialized)
endif()
if(STOREWRIGHT_SANITIZE STREQUAL "address")
  target_compile_options(storewright_flags INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(storewright_flags INTERFACE -fsanitize=address,undefined)
elseif(STOREWRIGHT_SANITIZE STREQUAL "thread")
  # ThreadSanitizer knows no fences: Asio goes without, its locks order what is shared; libstdc++ says so wherever it has one.
  target_compile_definitions(storewright_flags INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  target_compile_options(storewright_flags INTERFACE -fsanitize=thread -fno-omit-frame-pointer -Wno-tsan)
  target_link_options(storewright_flags INTERFACE -fsanitize=thread)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(storewright_flags INTERFACE -D_FORTIFY_SOURCE=3)
endif()
