//! `einsum!`: the subscripts are read at compile time and become a tree of contractions of two operands.
//!
//! Input: `einsum!("n,nd->d", a, b)`. Output: `pair(Spec(..), &a, &b)`, where the specification holds
//! the axes as numbers and the rank of the result as a type. Lowering makes the same tree, so inside a
//! `#[differentiate]` body each node is an ordinary call with a rule.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, LitStr, Token};

/// The arguments of the macro.
pub struct Einsum {
    subscripts: LitStr,
    operands: Vec<Expr>,
}

impl Parse for Einsum {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let subscripts = input.parse().map_err(|e: Error| {
            Error::new(
                e.span(),
                "the first argument is a string literal of subscripts, such as \"ij,jk->ik\"",
            )
        })?;
        let mut operands = Vec::new();
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
            operands =
                Punctuated::<Expr, Token![,]>::parse_terminated(input)?.into_iter().collect();
        }
        Ok(Einsum { subscripts, operands })
    }
}

/// The letters of the axes of an operand or a result.
type Letters = Vec<char>;

/// One operand of the contractions that are left.
struct Operand {
    letters: Letters,
    value: TokenStream,
}

impl Einsum {
    /// The rank of the result.
    pub fn rank(&self) -> Option<usize> {
        self.read().ok().map(|(_, output)| output.len())
    }

    fn error(&self, message: impl std::fmt::Display) -> Error {
        Error::new(self.subscripts.span(), message)
    }

    /// The letters of the operands and of the result.
    fn read(&self) -> syn::Result<(Vec<Letters>, Letters)> {
        let text: String = self.subscripts.value().chars().filter(|c| *c != ' ').collect();
        let (inputs, output) = match text.split_once("->") {
            Some((inputs, output)) => (inputs, Some(output.chars().collect::<Letters>())),
            None => (&text[..], None),
        };
        let inputs: Vec<Letters> = inputs.split(',').map(|part| part.chars().collect()).collect();
        for letter in inputs.iter().flatten().chain(output.iter().flatten()) {
            if !letter.is_ascii_alphabetic() {
                return Err(self.error(match letter {
                    '.' => "an ellipsis is not supported: give each axis a letter".to_owned(),
                    other => format!("`{other}` is not a subscript: each axis has one of the letters a to z, A to Z"),
                }));
            }
        }
        if let Some(k) = inputs.iter().position(Vec::is_empty) {
            return Err(self.error(format!(
                "operand {} has no subscripts: multiply the result by a scalar instead",
                k + 1
            )));
        }
        if inputs.len() != self.operands.len() {
            return Err(self.error(format!(
                "subscripts for {} operands, but there are {}",
                inputs.len(),
                self.operands.len()
            )));
        }
        let output = output.unwrap_or_else(|| implicit(&inputs));
        for (k, letter) in output.iter().enumerate() {
            if output[..k].contains(letter) {
                return Err(self.error(format!("`{letter}` stands twice in the result: an axis of the result has a letter of its own")));
            }
            if !inputs.iter().flatten().any(|l| l == letter) {
                return Err(
                    self.error(format!("`{letter}` stands in the result, but in no operand"))
                );
            }
        }
        Ok((inputs, output))
    }

    /// The tree of contractions; `value` makes an operand of an argument.
    pub fn tree(&self, value: impl Fn(usize, &Expr) -> TokenStream) -> syn::Result<TokenStream> {
        let (inputs, output) = self.read()?;
        let mut operands: Vec<Operand> = Vec::new();
        for (k, letters) in inputs.iter().enumerate() {
            let value = value(k, &self.operands[k]);
            let elsewhere = |l: &char| {
                output.contains(l)
                    || inputs.iter().enumerate().any(|(other, ls)| other != k && ls.contains(l))
            };
            let mut kept = distinct(letters);
            kept.retain(elsewhere);
            let operand = Operand { letters: letters.clone(), value };
            let alone = inputs.len() == 1;
            let kept = if alone { output.clone() } else { kept };
            operands.push(if alone || kept != *letters { single(operand, kept) } else { operand });
        }
        while operands.len() > 1 {
            let (i, j) = cheapest(&operands, &output);
            let (second, first) = (operands.remove(j), operands.remove(i));
            let result = if operands.is_empty() {
                output.clone()
            } else {
                kept(&first, &second, operands.iter(), &output)
            };
            operands.insert(i, pair(first, second, result));
        }
        let value = operands.remove(0).value;
        Ok(if output.is_empty() { quote!(::ad_runtime::einsum::scalar(#value)) } else { value })
    }
}

/// The letters that occur once, in alphabetical order.
fn implicit(inputs: &[Letters]) -> Letters {
    let all: Letters = inputs.iter().flatten().copied().collect();
    let mut once: Letters =
        all.iter().copied().filter(|l| all.iter().filter(|m| *m == l).count() == 1).collect();
    once.sort_unstable();
    once
}

fn distinct(letters: &[char]) -> Letters {
    let mut seen = Letters::new();
    for letter in letters {
        if !seen.contains(letter) {
            seen.push(*letter);
        }
    }
    seen
}

/// The letters of the product of two operands that anybody still needs: those of both operands first, then those of
/// the first, then those of the second, which is how the product lies in memory.
fn kept<'a>(
    a: &Operand,
    b: &Operand,
    rest: impl Iterator<Item = &'a Operand> + Clone,
    output: &[char],
) -> Letters {
    let needed =
        |l: &&char| output.contains(l) || rest.clone().any(|operand| operand.letters.contains(l));
    let (both, left): (Letters, Letters) =
        a.letters.iter().filter(needed).partition(|l| b.letters.contains(l));
    let right = b.letters.iter().filter(needed).filter(|l| !a.letters.contains(l)).copied();
    both.into_iter().chain(left).chain(right).collect()
}

/// The pair whose product saves the most memory, and of these the one with the fewest multiplications, where all
/// axes count as equally long.
fn cheapest(operands: &[Operand], output: &[char]) -> (usize, usize) {
    let size = |rank: usize| 10_f64.powi(i32::try_from(rank).unwrap_or(i32::MAX));
    let mut best = (f64::INFINITY, usize::MAX, (0, 1));
    for i in 0..operands.len() {
        for j in i + 1..operands.len() {
            let (a, b) = (&operands[i], &operands[j]);
            let rest = operands.iter().enumerate().filter(|(k, _)| *k != i && *k != j);
            let result = kept(a, b, rest.map(|(_, operand)| operand), output);
            let growth = size(result.len()) - size(a.letters.len()) - size(b.letters.len());
            let union: Letters = a.letters.iter().chain(&b.letters).copied().collect();
            let work = distinct(&union).len();
            if (growth, work) < (best.0, best.1) {
                best = (growth, work, (i, j));
            }
        }
    }
    best.2
}

/// Diagonals, sums and permutations of one operand.
fn single(a: Operand, result: Letters) -> Operand {
    let all = distinct(&a.letters);
    let (from, to) = (axes(&a.letters, &all), axes(&result, &all));
    let (rank, value) = (dimension(result.len()), a.value);
    let value = quote!(::ad_runtime::einsum::single(
        ::ad_runtime::einsum::Single::<#rank>::new(&[#(#from),*], &[#(#to),*]), #value));
    Operand { letters: result, value: quote!(&#value) }
}

/// The contraction of two operands.
fn pair(a: Operand, b: Operand, result: Letters) -> Operand {
    let union: Letters = a.letters.iter().chain(&b.letters).copied().collect();
    let all = distinct(&union);
    let (left, right, to) = (axes(&a.letters, &all), axes(&b.letters, &all), axes(&result, &all));
    let rank = dimension(result.len());
    let (a, b) = (a.value, b.value);
    let value = quote!(::ad_runtime::einsum::pair(
        ::ad_runtime::einsum::Pair::<#rank>::new(&[#(#left),*], &[#(#right),*], &[#(#to),*]), #a, #b));
    Operand { letters: result, value: quote!(&#value) }
}

/// The numbers of the letters.
fn axes(letters: &[char], all: &[char]) -> Vec<proc_macro2::Literal> {
    let number = |l: &char| all.iter().position(|m| m == l).expect("`all` has every letter");
    letters.iter().map(|l| proc_macro2::Literal::usize_unsuffixed(number(l))).collect()
}

/// The dimension type of arrays of this rank.
fn dimension(rank: usize) -> TokenStream {
    if rank > 6 {
        return quote!(::ad_runtime::ndarray::IxDyn);
    }
    let name = quote::format_ident!("Ix{}", rank);
    quote!(::ad_runtime::ndarray::#name)
}

/// The expansion outside of a differentiated function.
pub fn expand(input: TokenStream) -> TokenStream {
    let parsed = syn::parse2::<Einsum>(input);
    let tree = parsed.and_then(|einsum| {
        let name = |k: usize| quote::format_ident!("__operand_{}", k);
        // The arguments are evaluated in their own order, whatever the order of the contractions.
        let (args, names) = (&einsum.operands, (0..einsum.operands.len()).map(name));
        let tree = einsum.tree(|k, _| {
            let name = name(k);
            quote!(#name)
        })?;
        let tree = strip(tree);
        Ok(quote!(match (#(&#args,)*) { (#(#names,)*) => #tree }))
    });
    tree.unwrap_or_else(|e| e.to_compile_error())
}

/// The value behind the borrow that a node ends with.
pub fn strip(tree: TokenStream) -> TokenStream {
    match syn::parse2::<Expr>(tree.clone()) {
        Ok(Expr::Reference(r)) => {
            let inner = r.expr;
            quote!(#inner)
        }
        _ => tree,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(tokens: TokenStream) -> String {
        let einsum: Einsum = syn::parse2(tokens).unwrap();
        let text = strip(einsum.tree(|_, e| quote!(#e)).unwrap()).to_string();
        text.replace(":: ad_runtime :: einsum :: ", "")
            .replace(":: ad_runtime :: ndarray :: ", "")
            .replace(' ', "")
    }

    #[test]
    fn one_operand_is_summed_and_permuted() {
        assert_eq!(tree(quote!("ij->ji", a)), "single(Single::<Ix2>::new(&[0,1],&[1,0]),a)");
        assert_eq!(tree(quote!("ii", a)), "scalar(&single(Single::<Ix0>::new(&[0,0],&[]),a))");
        assert_eq!(tree(quote!("ba", a)), "single(Single::<Ix2>::new(&[0,1],&[1,0]),a)");
    }

    #[test]
    fn two_operands_are_contracted_as_they_are() {
        assert_eq!(
            tree(quote!("n, nd -> d", a, b)),
            "pair(Pair::<Ix1>::new(&[0],&[0,1],&[1]),a,b)"
        );
    }

    #[test]
    fn what_one_operand_has_alone_is_summed_first() {
        assert_eq!(
            tree(quote!("ik,jj->i", a, b)),
            "pair(Pair::<Ix1>::new(&[0],&[],&[0]),&single(Single::<Ix1>::new(&[0,1],&[0]),a),&single(Single::<Ix0>::new(&[0,0],&[]),b))"
        );
    }

    #[test]
    fn a_chain_starts_with_the_vector() {
        assert_eq!(
            tree(quote!("ij,jk,k->i", a, b, c)),
            "pair(Pair::<Ix1>::new(&[0,1],&[1],&[0]),a,&pair(Pair::<Ix1>::new(&[0,1],&[1],&[0]),b,c))"
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let message = |tokens| {
            let parsed = syn::parse2::<Einsum>(tokens);
            parsed.and_then(|e| e.tree(|_, e| quote!(#e))).unwrap_err().to_string()
        };
        assert!(message(quote!("ij,jk", a)).contains("2 operands, but there are 1"));
        assert!(message(quote!("ij->ik", a)).contains("in no operand"));
        assert!(message(quote!("ij->ii", a)).contains("twice in the result"));
        assert!(message(quote!("i1", a)).contains("`1` is not a subscript"));
        assert!(message(quote!("...i", a)).contains("ellipsis"));
        assert!(message(quote!(",i", a, b)).contains("no subscripts"));
        assert!(message(quote!(a, b)).contains("string literal"));
    }
}
