//! Linear algebra on `ndarray` arrays, with derivatives in both modes (feature `linalg`).
//!
//! The factorizations are computed by [`faer`](https://docs.rs/faer), which reads contiguous arrays (row-major or
//! column-major) in place. Every function here can be called inside a `#[differentiate]` body; beside it stands a
//! namespace of the same name with its `vjp`, `jvp` and `adjoint` (and `grad`, `value_and_grad` where the result is
//! a number), in the conventions of generated functions.
//!
//! ```
//! use ad_runtime::{differentiate, linalg};
//! use ndarray::{Array1, Array2, array};
//!
//! #[differentiate]
//! fn energy(k: &Array2<f64>, f: &Array1<f64>) -> f64 {
//!     f.dot(&linalg::solve(k, f))
//! }
//! let (k, f) = (array![[2.0, 0.0], [0.0, 4.0]], array![2.0, 4.0]);
//! let (value, (k_bar, f_bar)) = energy::value_and_grad(&k, &f);
//! assert_eq!(value, 6.0);
//! assert_eq!(f_bar, array![2.0, 2.0]); // 2 K⁻¹ f
//! assert_eq!(k_bar, array![[-1.0, -1.0], [-1.0, -1.0]]); // −(K⁻¹ f)(K⁻¹ f)ᵀ
//! ```
//!
//! # The operations
//!
//! `Ȧ` is the tangent and `Ā` the cotangent of `A`; `n` is the larger side of a matrix, `m ≥ n` its sides where
//! both count, `k` the number of right-hand sides. Costs are multiples of floating-point operations of the primal,
//! and those of either derivative given the factorization, to leading order.
//!
//! | function | value | tangent | cotangent | cost | derivative |
//! | --- | --- | --- | --- | --- | --- |
//! | [`inv()`] | `C = A⁻¹` | `−C Ȧ C` | `−Cᵀ C̄ Cᵀ` | 2n³ | 4n³ |
//! | [`det()`] | `d = det A` | `d tr(A⁻¹ Ȧ)` | `d̄ d A⁻ᵀ` | ⅔n³ | 2n³ |
//! | [`ln_det()`] | `sign d, ln abs d` | `0, tr(A⁻¹ Ȧ)` | `l̄ A⁻ᵀ` | ⅔n³ | 2n³ |
//! | [`solve()`] | `X = A⁻¹ B` | `A⁻¹(Ḃ − Ȧ X)` | `B̄ = A⁻ᵀ X̄`, `Ā = −B̄ Xᵀ` | ⅔n³ + 2n²k | 4n²k |
//! | [`solve_triangular()`] | `X = T⁻¹ B` | `T⁻¹(Ḃ − Ṫ X)` | `B̄ = T⁻ᵀ X̄`, `T̄ = −tri(B̄ Xᵀ)` | n²k | 3n²k |
//! | [`cholesky()`] | `A = L Lᵀ` | `L Φ(L⁻¹ Ȧ L⁻ᵀ)` | `sym(L⁻ᵀ Φ(Lᵀ L̄) L⁻¹)` | ⅓n³ | 4n³, ⅔n³ |
//! | [`qr()`] | `A = Q R` | see there | see there | 2mn² | 6mn² |
//! | [`eigh()`] | `A = V Λ Vᵀ` | see there | `V (Λ̄ + F ∘ Vᵀ V̄) Vᵀ` | 9n³ | 6n³ |
//! | [`svd()`] | `A = U Σ Vᵀ` | see there | see there | 20mn² | 10mn² |
//! | [`svd_values()`] | `σ` | `diag(Uᵀ Ȧ V)` | `U diag(σ̄) Vᵀ` | 20mn² | 2mn² |
//! | [`lstsq()`] | `A⁺ b` | see there | see there | 20mn² | 4mnk |
//! | [`pinv()`] | `A⁺` | see there | see there | 20mn² | 12mn² |
//! | [`expm()`] | `exp A` | Fréchet derivative | the same at `Aᵀ` | ~30n³ | ~240n³ |
//! | [`trace()`] | `Σ a_ii` | `tr Ȧ` | `ā I` | n | n |
//! | [`norm()`] | [`Norm`] | see there | see there | see there | |
//! | [`outer()`] | `x yᵀ` | `ẋ yᵀ + x ẏᵀ` | `x̄ = C̄ y`, `ȳ = C̄ᵀ x` | mn | 4mn |
//! | [`kron()`] | `A ⊗ B` | `Ȧ ⊗ B + A ⊗ Ḃ` | `ā_ij = ⟨C̄_ij, B⟩`, `B̄ = Σ a_ij C̄_ij` | the size of the result | twice that |
//! | [`cross()`] | `x × y` | `ẋ × y + x × ẏ` | `x̄ = y × z̄`, `ȳ = z̄ × x` | 1 | 1 |
//!
//! Each has forward and reverse mode and both together, order two, for `f32` and `f64`. The adjoint of one call factorizes once, and uses the
//! factorization for the value and for the cotangents. A cotangent that nobody wants is not computed.
//!
//! # Degenerate spectra
//!
//! Eigenvectors and singular vectors of equal eigenvalues or singular values are not differentiable, for they are
//! not determined; functions that do not depend on the choice still have a derivative. So the factors
//! `1/(λ_j − λ_i)` of such pairs are taken as zero, which gives these functions the right derivative and never a
//! NaN. Two eigenvalues count as equal where they differ by at most `n ε` times the largest.
//!
//! # Sources
//!
//! Giles, *Collected matrix derivative results for forward and reverse mode algorithmic differentiation* (2008);
//! Murray, *Differentiation of the Cholesky decomposition* (2016); Walter and Lehmann, *Algorithmic differentiation
//! of linear algebra functions* (2010) for QR; Townsend, *Differentiating the singular value decomposition* (2016);
//! Golub and Pereyra, *The differentiation of pseudo-inverses and nonlinear least squares problems* (1973);
//! Higham, *Functions of Matrices* (2008), chapters 3 and 10.

mod cholesky_factor;
mod dense;
mod eigen;
mod exponential;
mod least_squares;
mod norms;
mod orthogonal;
mod products;
mod rule;
mod singular_values;
mod systems;
mod triangular;

pub use crate::rules::ndarray::functions::kron;
pub use ndarray::linalg::kron;

pub use cholesky_factor::cholesky;
pub use dense::{Columns, Scalar};
pub use eigen::eigh;
pub use exponential::expm;
pub use least_squares::{lstsq, pinv};
pub use norms::{Norm, norm, trace};
pub use orthogonal::qr;
pub use products::{cross, outer};
pub use singular_values::{svd, svd_values};
pub use systems::{det, inv, ln_det, solve};
pub use triangular::{Triangle, solve_triangular};
