//! The acceptance programs: what numerics users write, each checked in every mode of the contract.
//!
//! One module per topic, one per line, so that a topic can be switched off alone.
// The programs are written as users write, lints or not.
#![allow(
    clippy::useless_vec,
    clippy::style,
    clippy::complexity,
    clippy::double_ended_iterator_last,
    clippy::eq_op,
    clippy::misrefactored_assign_op,
    clippy::boxed_local
)]
// `s![1..-1]` counts from the end; the lint takes it for a range of integers.
#![allow(clippy::reversed_empty_ranges)]

mod adversarial;
mod aliases;
mod applications;
mod applications_builders;
mod applications_curves;
mod applications_dynamic;
mod applications_dynamics;
mod applications_finance;
mod applications_geometry;
mod applications_learning;
mod applications_matrices;
mod applications_mechanics;
mod applications_motion;
mod applications_neural;
mod applications_numerics;
mod applications_optimizers;
mod applications_pricing;
mod applications_rendering;
mod applications_sequences;
mod applications_simulation;
mod applications_solvers;
mod branches;
mod calls;
mod chained_iterators;
mod changing_calls;
mod checkpoints;
mod chosen_references;
mod closure_values;
mod closures;
mod conversions;
mod dynamic_dispatch;
mod enums_match;
mod evaluation_order;
mod everyday;
mod exits;
mod extremes;
mod failures;
mod fallible_iterators;
mod function_values;
mod fused_loops;
mod generics;
mod hidden_changes;
mod indexing;
mod iterators_adaptors;
mod iterators_consumers;
mod iterators_searches;
mod iterators_sources;
mod kept_spans;
mod linear_algebra;
mod looked_up;
mod lookups;
mod loops;
mod loops_while;
mod matrix_calculus;
mod method_names;
mod methods_traits;
mod mutation;
mod names;
mod ndarray_closures;
mod ndarray_einsum;
mod ndarray_matrix;
mod ndarray_vector;
mod ndarray_views;
mod operators;
mod option_methods;
mod options_results;
mod parameters;
mod rearrangements;
mod reborrows;
mod references;
mod reshaped;
mod returned_values;
mod reused_calls;
mod scalars;
mod selected_elements;
mod slices;
mod sorting;
mod split_calls;
mod states;
mod structs;
mod structs_mutation;
mod unseen_types;
mod vecs;
