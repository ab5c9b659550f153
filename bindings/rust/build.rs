// Where libhauptbuch is: HAUPTBUCH_LIB_DIR, else the linker's own search.
fn main() {
    println!("cargo:rerun-if-env-changed=HAUPTBUCH_LIB_DIR");
    if let Ok(directory) = std::env::var("HAUPTBUCH_LIB_DIR") {
        println!("cargo:rustc-link-search=native={directory}");
        println!("cargo:rustc-link-arg=-Wl,-rpath,{directory}");
    }
    println!("cargo:rustc-link-lib=dylib=hauptbuch");
}
