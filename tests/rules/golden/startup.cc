// What runs between the machine's entry and main() of //app, in //app:image.
// Written by unikernel_image; the order is that of the init_step targets' edges.
#include "libs/start/start.h"
#include "libs/thread_local_storage/thread_local_storage.h"

namespace test::base { void Start(); }  // //tests/rules:base_step
namespace test::middle { void Start(); }  // //tests/rules:middle_step
void StartSide();  // //tests/rules:side_step

int application_main(int argc, char** argv, char** environment) asm("main");

extern "C" [[noreturn]] void ashlar_start() {
  ashlar::thread_local_storage::StartBootThread();
  test::base::Start();
  test::middle::Start();
  StartSide();
  ashlar::start::RunMain(&application_main);
}
