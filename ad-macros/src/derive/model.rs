//! What the derive reads of the user's type. All errors are found here; emission cannot fail.

use super::constant::is_constant_type_in;
use super::params::{NameSelf, extend, own_type, restrict};
use super::tangent_type::TangentTypes;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Data, DeriveInput, Error, Generics, Index, Member, Meta, Type, Visibility};

/// The deriving type.
pub struct Model {
    /// Its name.
    pub ident: Ident,
    /// Its visibility, which the generated types share.
    pub vis: Visibility,
    /// The name of the tangent type.
    pub tangent: Ident,
    /// The parameters of `impl Differentiable for S`.
    pub generics: Generics,
    /// The parameters of the tangent type.
    pub tangent_generics: Generics,
    /// The variants of an enum; a struct has one, of its own name.
    pub variants: Vec<Variant>,
}

/// A struct, or a variant of an enum.
pub struct Variant {
    /// Its name.
    pub ident: Ident,
    /// How its fields are written.
    pub style: Style,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// How fields are written.
#[derive(Clone, Copy, PartialEq)]
pub enum Style {
    /// `{ a: A }`
    Named,
    /// `(A)`
    Tuple,
    /// Nothing.
    Unit,
}

/// A field.
pub struct Field {
    /// Its name or position in the user's type.
    pub member: Member,
    /// Its visibility.
    pub vis: Visibility,
    /// Where errors about it stand.
    pub span: Span,
    /// Its tangent, or `None` for a constant field.
    pub tangent: Option<TangentField>,
}

/// The field of the tangent type that belongs to an active field.
pub struct TangentField {
    /// Its name or position in the tangent type.
    pub member: Member,
    /// Its type.
    pub ty: TokenStream,
}

/// The user's type as a model, and the errors found in it. There is no model of a union.
pub fn read(input: &DeriveInput) -> (Option<Model>, Vec<Error>) {
    let mut errors = Vec::new();
    misplaced(
        &input.attrs,
        "mark the fields that are constant, or leave out the derive",
        &mut errors,
    );
    let parts: Vec<(&Ident, &syn::Fields)> = match &input.data {
        Data::Struct(data) => vec![(&input.ident, &data.fields)],
        Data::Enum(data) => {
            for variant in &data.variants {
                misplaced(&variant.attrs, "mark the fields of the variant", &mut errors);
            }
            data.variants.iter().map(|variant| (&variant.ident, &variant.fields)).collect()
        }
        Data::Union(data) => {
            let message = "a union has no tangent: use an `enum`, or mark the fields and parameters of this type `#[constant]`";
            errors.push(Error::new_spanned(data.union_token, message));
            return (None, errors);
        }
    };
    let own = own_type(&input.ident, &input.generics);
    let tangent = fresh(format!("{}Tangent", input.ident.unraw()), input.ident.span());
    // A type that contains itself has a tangent that contains itself. Which parameters that tangent keeps
    // is settled by the other fields, in a first pass.
    let mut types = TangentTypes::new(&input.generics, &own, tangent.to_token_stream());
    let variants = read_variants(&parts, &input.generics, &own, &mut types, &mut Vec::new());
    let tangent_generics = restrict(&input.generics, &used(variants.iter()), &types.bounded);
    let own_tangent = own_type(&tangent, &tangent_generics).to_token_stream();
    let mut types = TangentTypes::new(&input.generics, &own, own_tangent);
    let model = Model {
        variants: read_variants(&parts, &input.generics, &own, &mut types, &mut errors),
        generics: extend(&input.generics, &types.bounded),
        ident: input.ident.clone(),
        vis: input.vis.clone(),
        tangent,
        tangent_generics,
    };
    (Some(model), errors)
}

/// An item name that the user did not write: shown at `span`, but known to lints as generated.
pub fn fresh(name: String, span: Span) -> Ident {
    Ident::new(&name, Span::call_site().located_at(span))
}

/// `ident` as part of generated code: lints on the user's name have been heard already.
fn generated(ident: &Ident) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(Span::call_site().located_at(ident.span()));
    ident
}

/// All tangent types of `variants`: what decides which parameters are used.
pub fn used<'a>(variants: impl Iterator<Item = &'a Variant>) -> TokenStream {
    let types = variants.flat_map(Variant::active).map(|(_, tangent)| &tangent.ty);
    quote!(#(#types,)*)
}

fn read_variants(
    parts: &[(&Ident, &syn::Fields)],
    generics: &Generics,
    own: &Type,
    types: &mut TangentTypes,
    errors: &mut Vec<Error>,
) -> Vec<Variant> {
    let mut read = |(ident, fields): &(&Ident, &syn::Fields)| Variant {
        ident: generated(ident),
        style: match fields {
            syn::Fields::Named(_) => Style::Named,
            syn::Fields::Unnamed(_) => Style::Tuple,
            syn::Fields::Unit => Style::Unit,
        },
        fields: read_fields(fields, generics, own, types, errors),
    };
    parts.iter().map(&mut read).collect()
}

fn read_fields(
    fields: &syn::Fields,
    generics: &Generics,
    own: &Type,
    types: &mut TangentTypes,
    errors: &mut Vec<Error>,
) -> Vec<Field> {
    let mut read: Vec<Field> = Vec::new();
    let mut next_active = 0;
    for (i, field) in fields.iter().enumerate() {
        let mut ty = field.ty.clone();
        NameSelf(own).visit_type_mut(&mut ty);
        let marked = marked_constant(&field.attrs, errors);
        let constant = marked || is_constant_type_in(&ty, generics);
        let position = |i: u32| Member::Unnamed(Index { index: i, span: Span::call_site() });
        let name = |i: u32| {
            field
                .ident
                .as_ref()
                .map_or_else(|| position(i), |ident| Member::Named(generated(ident)))
        };
        let tangent = (!constant).then(|| {
            next_active += 1;
            TangentField { member: name(next_active - 1), ty: types.of(&ty) }
        });
        let (member, vis) = (name(u32::try_from(i).expect("few fields")), field.vis.clone());
        read.push(Field { member, vis, span: field.ty.span(), tangent });
    }
    if matches!(fields, syn::Fields::Unnamed(_)) {
        constants_last(&read, errors);
    }
    read
}

/// Reports constant fields of a tuple before an active one, whose tangent would have another position than itself.
fn constants_last(fields: &[Field], errors: &mut Vec<Error>) {
    let active = fields.iter().rposition(|field| field.tangent.is_some()).unwrap_or(0);
    for early in fields[..active].iter().filter(|field| field.tangent.is_none()) {
        let message =
            "a constant field stands before an active one: put it last, or name the fields";
        errors.push(Error::new(early.span, message));
    }
}

/// Whether `#[constant]` is among `attrs`.
fn marked_constant(attrs: &[Attribute], errors: &mut Vec<Error>) -> bool {
    let mut marks = attrs.iter().filter(|attr| attr.path().is_ident("constant")).peekable();
    let marked = marks.peek().is_some();
    for attr in marks {
        if !matches!(attr.meta, Meta::Path(_)) {
            errors.push(Error::new_spanned(
                &attr.meta,
                "`#[constant]` takes no arguments: write `#[constant]`",
            ));
        }
    }
    marked
}

/// Reports `#[constant]` where there is no field.
fn misplaced(attrs: &[Attribute], instead: &str, errors: &mut Vec<Error>) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("constant")) {
        errors.push(Error::new_spanned(
            &attr.meta,
            format!("`#[constant]` belongs to a field: {instead}"),
        ));
    }
}

impl Field {
    /// The name of the field or its position, for documentation and bindings.
    pub fn name(&self) -> String {
        match &self.member {
            Member::Named(ident) => ident.unraw().to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        }
    }

    /// A variable that holds the field: `into_x`.
    pub fn binding(&self, prefix: &str) -> Ident {
        format_ident!("{}_{}", prefix, self.name(), span = Span::call_site())
    }
}

impl Variant {
    /// The active fields with their tangents.
    pub fn active(&self) -> impl Iterator<Item = (&Field, &TangentField)> {
        self.fields.iter().filter_map(|field| Some((field, field.tangent.as_ref()?)))
    }

    /// Whether a field is constant.
    pub fn has_constant(&self) -> bool {
        self.fields.iter().any(|field| field.tangent.is_none())
    }

    /// The style of the tangent: a tuple without fields is written without parentheses.
    pub fn tangent_style(&self) -> Style {
        match self.style {
            Style::Tuple if self.active().next().is_none() => Style::Unit,
            style => style,
        }
    }

    /// `path { x: part(x), .. }`, `path(part(0), ..)` or `path`: an expression or a pattern of the tangent.
    pub fn tangent_of(
        &self,
        path: TokenStream,
        part: impl Fn(&Field, &TangentField) -> TokenStream,
    ) -> TokenStream {
        let parts = self.active().map(|(field, tangent)| (&tangent.member, part(field, tangent)));
        match self.tangent_style() {
            Style::Named => {
                let parts = parts.map(|(member, part)| quote!(#member: #part));
                quote!(#path { #(#parts),* })
            }
            Style::Tuple => {
                let parts = parts.map(|(_, part)| part);
                quote!(#path(#(#parts),*))
            }
            Style::Unit => path,
        }
    }

    /// The pattern of the tangent that binds each field: `path { x: into_x }`.
    pub fn tangent_pattern(&self, path: TokenStream, prefix: &str) -> TokenStream {
        self.tangent_of(path, |field, _| field.binding(prefix).to_token_stream())
    }

    /// The pattern of the user's own type that binds the active fields.
    pub fn value_pattern(&self, path: TokenStream, prefix: &str) -> TokenStream {
        let parts = self.active().map(|(field, _)| {
            let (member, binding) = (&field.member, field.binding(prefix));
            quote!(#member: #binding,)
        });
        match self.has_constant() {
            true => quote!(#path { #(#parts)* .. }),
            false => quote!(#path { #(#parts)* }),
        }
    }
}
