//! Which methods change their receiver, as far as a name tells.

use super::types::inactive_method;

/// Methods that change their receiver.
pub fn mutates(name: &syn::Ident) -> bool {
    matches!(
        name.to_string().as_str(),
        "push"
            | "pop"
            | "extend"
            | "extend_from_slice"
            | "resize"
            | "insert"
            | "remove"
            | "swap"
            | "swap_axes"
            | "invert_axis"
            | "reverse"
            | "fill"
            | "copy_from_slice"
            | "clone_from_slice"
            | "truncate"
            | "clear"
            | "sort_by"
            | "sort"
            | "sort_unstable"
            | "sort_by_key"
            | "sort_unstable_by_key"
            | "sort_by_cached_key"
            | "fill_with"
            | "resize_with"
            | "next_back"
            | "sort_unstable_by"
            | "rotate_left"
            | "rotate_right"
            | "append"
            | "drain"
            | "retain"
            | "swap_remove"
            | "copy_within"
            | "assign"
            | "scaled_add"
            | "mapv_inplace"
            | "map_inplace"
            | "par_mapv_inplace"
            | "zip_mut_with"
            | "swap_with_slice"
            | "next"
            | "replace"
            | "take"
            | "insert_str"
            | "push_str"
            | "get_or_insert"
            | "accumulate_axis_inplace"
            | "dedup"
            | "split_off"
    ) || name.to_string().ends_with("_mut")
}

/// Methods that never change their receiver, even one declared `mut`.
pub fn reads_only(name: &syn::Ident) -> bool {
    matches!(
        name.to_string().as_str(),
        "dot"
            | "powf"
            | "powi"
            | "max"
            | "min"
            | "mul_add"
            | "hypot"
            | "atan2"
            | "clamp"
            | "map"
            | "iter"
            | "zip"
            | "fold"
            | "mapv"
            | "copysign"
            | "clone"
            | "to_vec"
            | "chain"
            | "rem_euclid"
            | "abs_sub"
    )
}

/// Whether a method is called like a question, `is_settled`, which is asked of a shared reference.
pub fn asks(name: &syn::Ident) -> bool {
    let name = name.to_string();
    ["is_", "has_", "can_", "should_", "needs_", "contains_"].iter().any(|p| name.starts_with(p))
        || ["done", "finished", "converged", "exists", "holds"].contains(&name.as_str())
}

/// Methods of the standard library and of ndarray that take `&self`, as an assertion makes sure of.
const SHARED: [&str; 45] = [
    "first",
    "last",
    "get",
    "windows",
    "chunks",
    "chunks_exact",
    "rchunks",
    "split_at",
    "split_first",
    "split_last",
    "concat",
    "join",
    "iter",
    "keys",
    "values",
    "contains_key",
    "contains",
    "as_slice",
    "as_str",
    "as_bytes",
    "to_string",
    "to_owned",
    "to_vec",
    "chars",
    "len",
    "is_empty",
    "is_some",
    "__holds",
    "is_none",
    "nrows",
    "ncols",
    "shape",
    "dim",
    "row",
    "column",
    "rows",
    "columns",
    "view",
    "t",
    "diag",
    "outer_iter",
    "axis_iter",
    "indexed_iter",
    "index_axis",
    "dot",
];

/// Those that take a value, which is a copy or gone, or that belong to iterators and views.
const BY_VALUE: [&str; 31] = [
    "into_iter",
    "copied",
    "cloned",
    "rev",
    "unwrap",
    "unwrap_or",
    "expect",
    "ok",
    "as_ref",
    "as_deref",
    "borrow",
    "deref",
    "slice",
    "select",
    "sum",
    "mean",
    "product",
    "sum_axis",
    "mean_axis",
    "saturating_sub",
    "saturating_add",
    "wrapping_add",
    "wrapping_sub",
    "wrapping_mul",
    "checked_sub",
    "checked_add",
    "abs_diff",
    "pow",
    "is_power_of_two",
    "div_ceil",
    "elapsed",
];

/// Whether the name is one of a method that takes `&self` wherever it is known.
fn takes_shared(method: &syn::Ident) -> bool {
    SHARED.iter().any(|name| method == name)
}

/// Whether a method that `leaves_unchanged` its receiver can be called through a shared reference to make sure of
/// it. Those by value could not be, where the value is not `Copy`.
pub fn is_taken_for_shared(call: &syn::ExprMethodCall) -> bool {
    let by_value = ["map", "zip", "fold", "chain"].iter().any(|name| call.method == name)
        || BY_VALUE.iter().any(|name| call.method == name);
    leaves_unchanged(call) && !by_value
}

/// Whether a method of this name, or the tangent of one, is hardly one of the user's.
pub fn is_known_method(method: &syn::Ident) -> bool {
    let name = method.to_string();
    let tangent = name.strip_prefix("__").and_then(|name| name.strip_suffix("_jvp"));
    let method = quote::format_ident!("{}", tangent.unwrap_or(&name));
    reads_only(&method)
        || crate::rules::scalar(&method.to_string()).is_some()
        || takes_shared(&method)
        || method == "clone"
        || BY_VALUE.iter().any(|name| method == name)
}

/// Whether a method of the standard library or of ndarray with this name leaves its receiver as it is.
/// Of any other method it is not known, so that a mutable receiver counts as changed.
pub fn leaves_unchanged(call: &syn::ExprMethodCall) -> bool {
    reads_only(&call.method)
        || inactive_method(call)
        || crate::rules::scalar(&call.method.to_string()).is_some()
        || takes_shared(&call.method)
        || BY_VALUE.iter().any(|name| call.method == name)
}
