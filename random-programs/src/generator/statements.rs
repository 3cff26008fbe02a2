//! Statements: declarations, assignments, control flow, borrows.

use super::Writer;
use super::scope::Kind;

impl Writer<'_> {
    /// At most `most` statements; what they declare stays in scope.
    pub fn statements(&mut self, most: u32) -> String {
        let count = 1 + self.below(most);
        let mut text = String::new();
        for _ in 0..count {
            if self.budget < 0 {
                break;
            }
            self.budget -= 1;
            text += &self.statement();
        }
        text
    }

    /// A block of its own scope; what is borrowed in it is free again behind it.
    fn block(&mut self, most: u32) -> String {
        let before = self.scope.clone();
        self.indent += 1;
        let text = self.statements(most);
        self.indent -= 1;
        self.scope = before;
        text
    }

    fn statement(&mut self) -> String {
        match self.below(20) {
            0 | 1 => self.assignment(),
            2 | 3 => self.declaration(),
            4 | 5 => self.assignment(),
            6 | 7 => self.branch(),
            8 | 9 => self.for_range(),
            10 | 11 => self.for_elements(),
            12 => self.while_loop(),
            13 => self.search(),
            14 => self.exit(),
            15 => self.alias(),
            16 => self.exclusive(),
            17 => self.closure(),
            18 => self.container(),
            _ => self.in_place_call(),
        }
    }

    fn declaration(&mut self) -> String {
        let (text, name, kind);
        match self.below(4) {
            0 => {
                (name, kind) = (self.fresh("y"), Kind::Float);
                let value = self.expression(2);
                let ty = if value.anchored { "" } else { ": f64" };
                text = format!("let mut {name}{ty} = {};", value.text);
            }
            1 => {
                (name, kind) = (self.fresh("b"), Kind::Array);
                let values: Vec<String> = (0..3).map(|_| self.expression(1).text).collect();
                text = format!("let mut {name}: [f64; 3] = [{}];", values.join(", "));
            }
            2 => {
                (name, kind) = (self.fresh("u"), Kind::Vector);
                let sources = [self.scope.of(Kind::Slice), self.scope.of(Kind::Vector)].concat();
                let value = match self.pick(&sources) {
                    Some(source) if self.chance(60) => format!("{source}.to_vec()"),
                    Some(source) if self.chance(50) => {
                        let element = self.fresh("e");
                        let before = self.scope.clone();
                        self.scope.add(&element, Kind::Float, false);
                        let body = self.expression(1).text;
                        self.scope = before;
                        format!("{source}.iter().map(|&{element}| {body}).collect()")
                    }
                    _ => format!("vec![{}, {}]", self.expression(1).text, self.expression(1).text),
                };
                text = format!("let mut {name}: Vec<f64> = {value};");
            }
            _ => {
                (name, kind) = (self.fresh("s"), Kind::Pair);
                let p = self.expression(1).text;
                let base = self.pick(&self.scope.of(Kind::Pair));
                let value = match base {
                    Some(base) if self.chance(50) => format!("Pair {{ p: {p}, ..{base} }}"),
                    Some(base) if self.chance(50) => format!("{base}.shift({p})"),
                    _ => format!("Pair {{ p: {p}, q: [{}, 0.2] }}", self.expression(1).text),
                };
                text = format!("let mut {name} = {value};");
            }
        }
        self.scope.add(&name, kind, true);
        self.line(&text)
    }

    /// A place that can be assigned to. The index of a vector is computed before, as rustc wants it.
    fn place(&mut self) -> Option<String> {
        let index = self.index();
        match self.below(6) {
            0..=2 => self.pick(&self.scope.mutable(Kind::Float)),
            3 => self.pick(&self.scope.mutable(Kind::Array)).map(|a| format!("{a}[({index}) % 3]")),
            4 => {
                let vectors = self.scope.mutable(Kind::Vector);
                self.pick(&vectors).map(|v| format!("{{ let at = ({index}) % {v}.len(); {v}[at]"))
            }
            _ => {
                let pairs = self.scope.mutable(Kind::Pair);
                let field =
                    if self.chance(50) { format!("q[({index}) % 2]") } else { "p".to_owned() };
                self.pick(&pairs).map(|s| format!("{s}.{field}"))
            }
        }
    }

    fn assignment(&mut self) -> String {
        let Some(place) = self.place() else { return String::new() };
        let value = self.expression(3).text;
        let mut text = match self.below(5) {
            0 | 1 => format!("{place} = {value};"),
            2 => format!("{place} += {value};"),
            3 => format!("{place} -= 0.5 * ({value});"),
            _ => format!("{place} *= {value};"),
        };
        if place.starts_with('{') {
            text += " }";
        }
        self.line(&text)
    }

    fn branch(&mut self) -> String {
        let condition = self.condition();
        let mut text = self.line(&format!("if {condition} {{"));
        text += &self.block(3);
        if self.chance(60) {
            text += &self.line("} else {");
            text += &self.block(3);
        }
        text + &self.line("}")
    }

    fn for_range(&mut self) -> String {
        if self.loops == 2 {
            return self.assignment();
        }
        let i = self.fresh("i");
        let bound = if self.loops == 0 { "n" } else { "2" };
        let range = match self.below(5) {
            0 => format!("0..{bound}"),
            1 => format!("(0..{bound}).rev()"),
            2 => format!("0..={bound}"),
            3 => format!("(0..{bound} + 2).step_by(2)"),
            _ => format!("1..{bound} + 1"),
        };
        let mut text = self.line(&format!("for {i} in {range} {{"));
        let before = self.scope.clone();
        self.scope.add(&i, Kind::Count, false);
        text += &self.loop_body();
        self.scope = before;
        text + &self.line("}")
    }

    fn loop_body(&mut self) -> String {
        self.loops += 1;
        let body = self.block(4);
        self.loops -= 1;
        body
    }

    /// `for` over the elements of a container, read or changed.
    fn for_elements(&mut self) -> String {
        if self.loops == 2 {
            return self.assignment();
        }
        let e = self.fresh("e");
        let before = self.scope.clone();
        let changeable =
            [self.scope.mutable(Kind::Vector), self.scope.mutable(Kind::Array)].concat();
        let readable =
            [self.scope.of(Kind::Slice), self.scope.of(Kind::Vector), self.scope.of(Kind::Array)]
                .concat();
        let text = if self.chance(40) && !changeable.is_empty() {
            let Some(target) = self.pick(&changeable) else { return String::new() };
            self.scope.borrow(&target, true);
            let mut text = self.line(&format!("for {e} in {target}.iter_mut() {{"));
            self.scope.add(&e, Kind::Reference, false);
            self.indent += 1;
            let value = self.expression(2).text;
            let operator = ["=", "+=", "*="][self.below(3) as usize];
            text += &self.line(&format!("*{e} {operator} {value};"));
            self.indent -= 1;
            text + &self.loop_body()
        } else {
            let Some(source) = self.pick(&readable) else { return String::new() };
            let k = self.fresh("k");
            self.scope.borrow(&source, false);
            let header = match self.below(3) {
                0 => format!("for &{e} in {source}.iter() {{"),
                1 => {
                    self.scope.add(&k, Kind::Count, false);
                    format!("for ({k}, &{e}) in {source}.iter().enumerate() {{")
                }
                _ => format!("for &{e} in {source}.iter().rev().take(3) {{"),
            };
            self.scope.add(&e, Kind::Float, false);
            self.line(&header) + &self.loop_body()
        };
        self.scope = before;
        text + &self.line("}")
    }

    /// A loop whose number of iterations may depend on active values.
    fn while_loop(&mut self) -> String {
        if self.loops == 2 {
            return self.assignment();
        }
        let k = self.fresh("k");
        let extra =
            if self.chance(50) { format!(" && ({})", self.condition()) } else { String::new() };
        let mut text = self.line(&format!("let mut {k}: usize = 0;"));
        text += &self.line(&format!("while {k} < n{extra} {{"));
        let before = self.scope.clone();
        self.scope.add(&k, Kind::Count, false);
        self.indent += 1;
        text += &self.line(&format!("{k} += 1;"));
        self.indent -= 1;
        text += &self.loop_body();
        self.scope = before;
        text + &self.line("}")
    }

    /// `loop` that is left with a value.
    fn search(&mut self) -> String {
        if self.loops == 2 {
            return self.assignment();
        }
        let (k, y) = (self.fresh("k"), self.fresh("y"));
        let mut text = self.line(&format!("let mut {k}: usize = 0;"));
        text += &self.line(&format!("let mut {y}: f64 = loop {{"));
        let before = self.scope.clone();
        self.scope.add(&k, Kind::Count, false);
        self.indent += 1;
        let (condition, value) = (self.condition(), self.expression(2).text);
        text += &self.line(&format!("if {k} >= n || {condition} {{ break {value}; }}"));
        text += &self.line(&format!("{k} += 1;"));
        self.indent -= 1;
        // A `break` without a value does not fit here.
        let around = std::mem::replace(&mut self.loops, 2);
        text += &self.block(3);
        self.loops = around;
        self.scope = before;
        self.scope.add(&y, Kind::Float, true);
        text + &self.line("};")
    }

    fn exit(&mut self) -> String {
        let condition = self.condition();
        let exit = match self.below(3) {
            0 if self.loops == 1 => "continue".to_owned(),
            1 if self.loops == 1 => "break".to_owned(),
            _ => format!("return {}", self.expression(2).text),
        };
        self.line(&format!("if {condition} {{"))
            + &self.line(&format!("    {exit};"))
            + &self.line("}")
    }

    fn alias(&mut self) -> String {
        match self.below(3) {
            0 => {
                let names = [
                    self.scope.of(Kind::Slice),
                    self.scope.of(Kind::Vector),
                    self.scope.of(Kind::Array),
                ]
                .concat();
                let Some(source) = self.pick(&names) else { return String::new() };
                let name = self.fresh("w");
                self.scope.borrow(&source, false);
                self.scope.add(&name, Kind::Slice, false);
                let start =
                    if self.chance(30) { format!("{source}.len() / 2") } else { String::new() };
                self.line(&format!("let {name} = &{source}[{start}..];"))
            }
            1 => {
                let Some(source) = self.pick(&self.scope.of(Kind::Float)) else {
                    return String::new();
                };
                let name = self.fresh("p");
                self.scope.borrow(&source, false);
                self.scope.add(&name, Kind::Reference, false);
                self.line(&format!("let {name} = &{source};"))
            }
            _ => {
                let Some(source) = self.pick(&self.scope.of(Kind::Pair)) else {
                    return String::new();
                };
                let (p, q) = (self.fresh("y"), self.fresh("w"));
                self.scope.borrow(&source, false);
                self.scope.add(&p, Kind::Reference, false);
                self.scope.add(&q, Kind::Slice, false);
                self.line(&format!("let Pair {{ p: {p}, q: {q} }} = &{source};"))
                    + &self.line(&format!("let {q} = &{q}[..];"))
            }
        }
    }

    /// A block in which a place is borrowed by `&mut`.
    fn exclusive(&mut self) -> String {
        let before = self.scope.clone();
        let name = self.fresh("m");
        let target = match self.below(2) {
            0 => self.pick(&self.scope.mutable(Kind::Float)).map(|x| (x.clone(), x)),
            _ => self.pick(&self.scope.mutable(Kind::Pair)).map(|s| (format!("{s}.p"), s)),
        };
        let Some((place, owner)) = target else { return String::new() };
        let mut text = self.line("{");
        self.indent += 1;
        text += &self.line(&format!("let {name} = &mut {place};"));
        self.scope.borrow(&owner, true);
        self.scope.add(&name, Kind::Reference, false);
        let value = self.expression(2).text;
        let operator = ["=", "+=", "*="][self.below(3) as usize];
        text += &self.line(&format!("*{name} {operator} {value};"));
        self.indent -= 1;
        self.scope = before;
        text + &self.line("}")
    }

    fn closure(&mut self) -> String {
        let (name, parameter) = (self.fresh("g"), self.fresh("z"));
        let before = self.scope.clone();
        self.scope.add(&parameter, Kind::Float, false);
        let body = self.expression(2).text;
        self.scope = before;
        self.scope.freeze();
        self.scope.add(&name, Kind::Closure, false);
        self.line(&format!("let {name} = |{parameter}: f64| {body};"))
    }

    fn container(&mut self) -> String {
        let vectors = self.scope.mutable(Kind::Vector);
        let arrays = self.scope.mutable(Kind::Array);
        let (i, j) = (self.index(), self.index());
        let text = match self.below(5) {
            0 => self.pick(&arrays).map(|a| format!("{a}.swap(({i}) % 3, ({j}) % 3);")),
            1 => self.pick(&vectors).map(|u| format!("{u}.push({});", self.expression(1).text)),
            2 => self.pick(&[vectors, arrays].concat()).map(|u| format!("{u}.reverse();")),
            // The value first: rustc refuses `a.fill(a[0])`.
            3 => self.pick(&arrays).map(|a| {
                format!("{{ let all: f64 = {}; {a}.fill(all); }}", self.expression(1).text)
            }),
            _ => {
                let floats = self.scope.mutable(Kind::Float);
                match (floats.first().cloned(), floats.get(1).cloned()) {
                    (Some(a), Some(b)) => Some(format!("std::mem::swap(&mut {a}, &mut {b});")),
                    _ => None,
                }
            }
        };
        text.map(|text| self.line(&text)).unwrap_or_default()
    }

    fn in_place_call(&mut self) -> String {
        let value = self.expression(1).text;
        let (arrays, floats) = (self.scope.mutable(Kind::Array), self.scope.mutable(Kind::Float));
        let (vectors, pairs) = (self.scope.mutable(Kind::Vector), self.scope.mutable(Kind::Pair));
        // The value is computed first, as it may read what is borrowed.
        let name = self.fresh("y");
        let call = match self.below(3) {
            0 => {
                self.pick(&[arrays, vectors].concat()).map(|a| format!("smooth(&mut {a}, {name});"))
            }
            1 => self.pick(&floats).map(|x| format!("relax(&mut {x}, {name});")),
            _ => self.pick(&pairs).map(|s| format!("{s}.turn({name});")),
        };
        let Some(call) = call else { return String::new() };
        let text = self.line(&format!("let {name}: f64 = {value};")) + &self.line(&call);
        self.scope.add(&name, Kind::Float, false);
        text
    }
}
