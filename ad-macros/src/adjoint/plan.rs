//! The cost model: what is alive, what is computed again, what is recorded.
//!
//! A value that the reverse sweep of a nested block reads is, in this order of preference:
//! 1. alive: defined outside of the block (or in the function's own block);
//! 2. computed again, where that is cheap (no call, no transcendental function) and its operands
//!    still hold, or hold again, the values they had;
//! 3. recorded: it is part of what the block's forward half leaves for its reverse half.
//!
//! A saved value is restored only if somebody reads it afterwards, and saved only if it is restored.

use super::{checkpoint, defined};
use crate::ir::{
    Block, Expr, Id, LoopKind, Place, Program, Proj, Record, ReverseArm, Role, Stmt, Var,
};
use std::collections::{HashMap, HashSet};

/// The greatest number of operations that are computed again rather than recorded.
pub const CHEAP: usize = 16;

/// Inserts, into the reverse sweep of a nested block, the definitions that are computed again.
/// `forward[i]` are the statements of the block's i-th statement; `segments[0]` is the reverse of
/// the result, `segments[k]` that of the k-th statement from the end.
pub fn recompute(program: &Program, forward: &[Vec<Stmt>], segments: &mut [Vec<Stmt>]) {
    let count = forward.len();
    // Later definitions first, so that what they read in turn is seen.
    for (index, stmts) in forward.iter().enumerate().rev() {
        for stmt in stmts.iter().rev() {
            let vars = defined(stmt);
            if vars.is_empty() || !is_cheap(program, stmt) {
                continue;
            }
            let wanted = |segment: &Vec<Stmt>| {
                let reads = reads_of(program, segment);
                vars.iter().any(|v| reads.contains(v))
            };
            // The first segment, in the order of the reverse sweep, that reads the value.
            let Some(first) =
                (0..=count - index).find(|&k| k < segments.len() && wanted(&segments[k]))
            else {
                continue;
            };
            let operands: HashSet<Var> = operands_of(program, stmt);
            let user = count - first.max(1) + usize::from(first == 0);
            let changed_between =
                (index + 1..user.min(count)).any(|i| changes(program, &forward[i], &operands));
            if changed_between {
                continue;
            }
            let mut position = 0;
            if first > 0 && user < count && changes(program, &forward[user], &operands) {
                // The user itself changes an operand: after its restoring, all is as it was.
                if forward[user].iter().any(is_nesting) {
                    continue;
                }
                position = segments[first].iter().take_while(|s| is_restore(program, s)).count();
                if position == 0 {
                    continue;
                }
                // What puts the operand back may need the value itself: `k[l - 1] = old`.
                let before = reads_of(program, &segments[first][..position]);
                if vars.iter().any(|v| before.contains(v)) {
                    continue;
                }
            }
            segments[first].insert(position, stmt.clone());
        }
    }
}

fn is_nesting(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::If { .. } | Stmt::Match { .. } | Stmt::Loop { .. })
}

/// Whether a statement puts a saved value back, or undoes a change by a rule.
fn is_restore(program: &Program, stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Assign { value, .. } => saved_of(program, value).is_some(),
        _ => false,
    }
}

pub fn saved_of(program: &Program, value: &Expr) -> Option<Var> {
    match value {
        Expr::Place(place) if place.is_var() && matches!(program[place.root].role, Role::Saved) => {
            Some(place.root)
        }
        // A copy of it, where it is put back once more.
        Expr::Runtime { function: "clone", args } => match &args[0] {
            Expr::Ref { mutable: false, expr } => saved_of(program, expr),
            _ => None,
        },
        _ => None,
    }
}

fn is_cheap(program: &Program, stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Let { var, value, .. } => {
            let info = &program[*var];
            if matches!(info.role, Role::Alias { .. } | Role::Saved)
                || info.mutable && !matches!(info.role, Role::Binding { .. })
            {
                return false;
            }
            value.size() <= CHEAP && cheap(program, value)
        }
        Stmt::Destructure { vars, value, .. } => {
            vars.iter().all(|(v, _)| matches!(program[*v].role, Role::Binding { .. }))
                && cheap(program, value)
        }
        _ => false,
    }
}

/// Whether an expression may be evaluated again rather than recorded, if it is not too long.
pub fn cheap(program: &Program, value: &Expr) -> bool {
    match value {
        Expr::Place(place) => {
            program.ty_of_place(place).is_copy() || program.ty_of_place(place).is_discrete()
        }
        Expr::Number(..) => true,
        Expr::Verbatim { tokens, .. } => crate::lower::is_repeatable(tokens),
        Expr::Unary(_, a) => program.ty_of(a).is_float() && cheap(program, a),
        Expr::Binary(_, a, b) => {
            program.ty_of(value).is_float() && cheap(program, a) && cheap(program, b)
        }
        Expr::Cast(a, _) => cheap(program, a),
        Expr::Ref { mutable: false, .. } => true,
        Expr::Method { recv, name, args, .. } => {
            program.ty_of(recv).is_float()
                && (crate::rules::scalar(&name.to_string()).is_some_and(|rule| !rule.costly)
                    || name == "powi" && is_small_power(&args[0]))
                && cheap(program, recv)
                && args.iter().all(|a| cheap(program, a))
        }
        _ => false,
    }
}

/// Whether statements take more than some arithmetic: loops, calls, operations on arrays, transcendental functions.
pub fn is_costly(program: &Program, stmts: &[Stmt]) -> bool {
    stmts.iter().any(|stmt| match stmt {
        Stmt::Loop { .. } => true,
        Stmt::If { then, els, .. } => {
            is_costly(program, &then.stmts) || is_costly(program, &els.stmts)
        }
        Stmt::Match { arms, .. } => arms.iter().any(|arm| is_costly(program, &arm.body.stmts)),
        Stmt::Let { value, .. } | Stmt::Assign { value, .. } | Stmt::Update { value, .. } => {
            is_operation(program, value)
        }
        _ => false,
    })
}

fn is_operation(program: &Program, value: &Expr) -> bool {
    let own = match value {
        Expr::Call { kind, .. } => *kind != crate::ir::CallKind::Constructor,
        Expr::Method { .. } => !cheap(program, value),
        Expr::Binary(..) => !program.ty_of(value).is_float(),
        _ => false,
    };
    own || value.children().into_iter().any(|child| is_operation(program, child))
}

/// Whether an exponent is a literal so small that the power is a product or two.
fn is_small_power(exponent: &Expr) -> bool {
    let Expr::Verbatim { tokens, .. } = exponent else { return false };
    matches!(
        syn::parse2::<syn::LitInt>(tokens.clone()).map(|n| n.base10_parse::<u32>()),
        Ok(Ok(0..=4))
    )
}

fn operands_of(program: &Program, stmt: &Stmt) -> HashSet<Var> {
    let mut operands = HashSet::new();
    if let Stmt::Let { value, .. } | Stmt::Destructure { value, .. } = stmt {
        read(program, value, &mut operands);
    }
    operands
}

/// Whether statements of the forward sweep change any of `roots`.
fn changes(program: &Program, stmts: &[Stmt], roots: &HashSet<Var>) -> bool {
    let mut written = Vec::new();
    written_roots(program, stmts, &mut written);
    written.iter().any(|root| roots.contains(root))
}

/// The variables whose storage statements change, nested ones included.
pub fn written_roots(program: &Program, stmts: &[Stmt], found: &mut Vec<Var>) {
    for stmt in stmts {
        match stmt {
            Stmt::Assign { place, .. } | Stmt::Update { place, .. } => {
                found.push(program.base(place))
            }
            Stmt::Mutate { place, args, op, .. } => {
                found.push(program.base(place));
                if *op == crate::ir::MutOp::SwapPlaces {
                    found.extend(args.iter().filter_map(Expr::as_place).map(|p| program.base(p)));
                }
            }
            Stmt::Effect { writes, .. } => found.extend(writes),
            Stmt::Let { value, .. } | Stmt::Destructure { value, .. } => {
                written_by_call(program, value, found)
            }
            Stmt::If { then, els, .. } => {
                written_roots(program, &then.stmts, found);
                written_roots(program, &els.stmts, found);
            }
            Stmt::Match { arms, .. } => {
                arms.iter().for_each(|arm| written_roots(program, &arm.body.stmts, found))
            }
            Stmt::Loop { body, .. } => written_roots(program, &body.stmts, found),
            _ => {}
        }
    }
}

/// What a call changes through its receiver and arguments.
pub fn written_by_call(program: &Program, value: &Expr, found: &mut Vec<Var>) {
    match value {
        Expr::Call { args, .. } => {
            for arg in args {
                match arg {
                    Expr::Ref { mutable: true, expr } => {
                        found.extend(expr.as_place().map(|p| program.base(p)))
                    }
                    Expr::Place(place) if place.is_mutable_view() => {
                        found.push(program.base(place))
                    }
                    Expr::Place(place)
                        if matches!(program.ty_of_place(place), crate::ir::Ty::RefMut(_)) =>
                    {
                        found.push(program.base(place));
                    }
                    _ => {}
                }
            }
        }
        Expr::Method { recv, args, .. } => {
            if let Expr::Place(place) = &**recv {
                let base = program.base(place);
                let mutable =
                    program[base].mutable || matches!(program[base].ty, crate::ir::Ty::RefMut(_));
                if mutable && !program.ty_of(recv).is_float() {
                    found.push(base);
                }
            }
            for arg in args {
                if let Expr::Ref { mutable: true, expr } = arg {
                    found.extend(expr.as_place().map(|p| program.base(p)));
                }
            }
        }
        _ => {}
    }
}

/// Adds what an expression reads: the variables, and what aliases stand for.
pub fn read(program: &Program, expr: &Expr, found: &mut HashSet<Var>) {
    expr.for_each_read(&mut |var| read_var(program, var, found));
}

fn read_var(program: &Program, var: Var, found: &mut HashSet<Var>) {
    match &program[var].role {
        Role::Alias { place, .. } => read_place(program, place, found),
        Role::Binding { place } => {
            found.insert(var);
            read_place(program, place, found);
        }
        _ => {
            found.insert(var);
        }
    }
}

fn read_place(program: &Program, place: &Place, found: &mut HashSet<Var>) {
    place.for_each_read(&mut |var| read_var(program, var, found));
}

/// What a place reads besides the storage that it names: its indices.
pub fn read_indices(program: &Program, place: &Place, found: &mut HashSet<Var>) {
    for proj in &program.resolve(place).proj {
        match proj {
            Proj::Index(e) | Proj::Element(e) => read(program, e, found),
            Proj::Part { value, index } => {
                read_place(program, value, found);
                read(program, index, found);
            }
            Proj::View { args, .. } => args.iter().for_each(|a| read(program, a, found)),
            _ => {}
        }
    }
}

/// Everything that a reverse sweep reads and does not define.
pub fn reads_of(program: &Program, stmts: &[Stmt]) -> HashSet<Var> {
    let mut found = HashSet::new();
    for stmt in stmts.iter().rev() {
        for var in defined(stmt) {
            found.remove(&var);
        }
        reads_of_stmt(program, stmt, &mut found);
    }
    found
}

pub fn reads_of_stmt(program: &Program, stmt: &Stmt, found: &mut HashSet<Var>) {
    match stmt {
        Stmt::Let { value, .. } | Stmt::Do(value) | Stmt::Destructure { value, .. } => {
            read(program, value, found)
        }
        Stmt::Assign { place, value } | Stmt::Update { place, value, .. } => {
            read(program, value, found);
            read_place(program, place, found);
        }
        Stmt::WhenActive { body, .. } => found.extend(reads_of(program, body)),
        Stmt::ReverseIf { cond, then, els, .. } => {
            let mut inner = reads_of(program, then);
            inner.extend(reads_of(program, els));
            if !inner.is_empty() || !then.is_empty() || !els.is_empty() {
                read(program, cond, found);
            }
            found.extend(inner);
        }
        Stmt::ReverseMatch { scrutinee, arms, .. } => {
            if reads_scrutinee(program, arms) {
                read(program, scrutinee, found);
            }
            for arm in arms {
                found.extend(reads_of(program, &arm.body));
            }
        }
        Stmt::ReverseLoop { kind, body, .. } => {
            let mut inner = reads_of(program, body);
            match kind {
                LoopKind::Range { var, lo, hi, step, .. } => {
                    inner.remove(var);
                    if !body.is_empty() {
                        read(program, lo, found);
                        read(program, hi, found);
                        step.iter().for_each(|s| read(program, s, found));
                    }
                }
                LoopKind::Items { .. } | LoopKind::While { .. } | LoopKind::Forever => {}
            }
            found.extend(inner);
        }
        Stmt::ReverseCheckpointed { .. } => checkpoint::reads(program, stmt, found),
        // A loop whose iterations run forward again.
        Stmt::Fused { kind, seeds, forward, reverse, .. } => {
            let mut inner = reads_of(program, reverse);
            checkpoint::primal_reads(program, forward, &mut inner);
            let mut own: HashSet<Var> = seeds.iter().chain(forward).flat_map(defined).collect();
            if let LoopKind::Range { var, lo, hi, step, .. } = kind {
                own.insert(*var);
                for e in [lo, hi].into_iter().chain(step) {
                    read(program, e, &mut inner);
                }
            }
            found.extend(inner.difference(&own));
            found.extend(reads_of(program, seeds));
        }
        _ => {}
    }
}

/// Whether a reversed match looks at its scrutinee again: its record says which arm was taken, so it
/// does so only for what the pattern binds without copying.
pub fn reads_scrutinee(program: &Program, arms: &[ReverseArm]) -> bool {
    arms.iter().any(|arm| {
        let names = crate::facts::pattern_names(&arm.pat);
        reads_of(program, &arm.body).iter().any(|&var| {
            matches!(program[var].role, Role::Binding { .. }) && names.contains(&program[var].name)
        })
    })
}

/// Decides what the nested blocks record, and drops the saving of what is not restored.
pub fn records(program: &mut Program, forward: &mut Vec<Stmt>, reverse: &mut [Stmt]) {
    let mut halves = HashMap::new();
    collect_reverse(program, reverse, &mut halves);
    collect_fused(program, forward, &mut halves);
    let all_reads = {
        let mut found = HashSet::new();
        every_read(program, reverse, &mut found);
        fused_reads(program, forward, &mut found);
        found
    };
    let mut sweep = |stmts: &mut Vec<Stmt>| {
        drop_unused_saves(program, stmts, &all_reads);
        assign_records(program, stmts, &halves);
        find_recording(program, stmts, &halves, None);
    };
    sweep(forward);
    checkpoint::each_forward(reverse, &mut sweep);
}

/// Decides again what is recorded, where the sweeps have changed since.
pub fn records_anew(program: &mut Program, forward: &mut Vec<Stmt>, reverse: &mut [Stmt]) {
    program.recording.clear();
    program.held.clear();
    program.records.clear();
    program.inner_records.clear();
    records(program, forward, reverse);
}

/// Finds which nesting statements leave a record, innermost first: those whose records are to be passed on.
/// `outermost` is the outermost of the loops around them. It holds the records of the loops inside whose number of
/// iterations the reverse sweep knows: each of them adds to the end of one list, and the reverse takes them from it.
fn find_recording(
    program: &mut Program,
    stmts: &[Stmt],
    halves: &HashMap<Id, Vec<HashSet<Var>>>,
    outermost: Option<Id>,
) -> Vec<Id> {
    let mut found = Vec::new();
    for stmt in stmts {
        let (id, blocks, always): (Id, Vec<&Block>, bool) = match stmt {
            Stmt::If { id, then, els, .. } => (*id, vec![then, els], false),
            Stmt::Match { id, arms, .. } => (*id, arms.iter().map(|arm| &arm.body).collect(), true),
            Stmt::Loop { id, .. } if program.checkpoints.contains_key(id) => {
                if halves.contains_key(id) {
                    program.recording.insert(*id);
                    found.push(*id);
                }
                continue;
            }
            Stmt::Loop { id, kind, body } => {
                let counted = !matches!(kind, LoopKind::Range { .. }) || body.result.is_some();
                if counted {
                    program.counted.insert(*id);
                }
                (*id, vec![body], counted)
            }
            // What is inside of a fused statement is used up inside of it.
            Stmt::Fused { id, forward, .. } => {
                find_recording(program, forward, halves, outermost.or(Some(*id)));
                continue;
            }
            Stmt::FusedIf { then, els, .. } => {
                find_recording(program, &then.forward, halves, outermost);
                find_recording(program, &els.forward, halves, outermost);
                continue;
            }
            _ => continue,
        };
        let mut content = always;
        let is_loop = matches!(stmt, Stmt::Loop { .. });
        let around = outermost.or(is_loop.then_some(id));
        for (i, block) in blocks.into_iter().enumerate() {
            let inner = find_recording(program, &block.stmts, halves, around);
            content |=
                !inner.is_empty() || !program.records.get(&id).is_none_or(|r| r.vars[i].is_empty());
            program.inner_records.insert((id, i), inner);
        }
        if content && halves.contains_key(&id) {
            program.recording.insert(id);
            match outermost {
                Some(holder) if is_loop && !program.counted.contains(&id) => {
                    program.held.entry(holder).or_default().push(id);
                }
                _ => found.push(id),
            }
        }
        if is_loop && outermost.is_none() {
            found.extend(program.held.get(&id).into_iter().flatten());
        }
    }
    found
}

/// What the reverse halves of nested blocks read, by statement.
fn collect_reverse(program: &Program, stmts: &[Stmt], halves: &mut HashMap<Id, Vec<HashSet<Var>>>) {
    for stmt in stmts {
        match stmt {
            Stmt::ReverseIf { id, then, els, .. } => {
                halves.insert(*id, vec![reads_of(program, then), reads_of(program, els)]);
                collect_reverse(program, then, halves);
                collect_reverse(program, els, halves);
            }
            Stmt::ReverseMatch { id, arms, .. } => {
                halves.insert(*id, arms.iter().map(|arm| reads_of(program, &arm.body)).collect());
                arms.iter().for_each(|arm| collect_reverse(program, &arm.body, halves));
            }
            Stmt::ReverseLoop { id, body, .. } => {
                halves.insert(*id, vec![reads_of(program, body)]);
                collect_reverse(program, body, halves);
            }
            // Nothing nests in a guard: its record would be left behind where the parameter is not active.
            Stmt::WhenActive { body, .. } => {
                debug_assert!(body.iter().all(|s| !is_nesting_half(s)))
            }
            Stmt::ReverseCheckpointed { id, body, .. } => {
                halves.insert(*id, Vec::new());
                collect_reverse(program, body, halves);
            }
            _ => {}
        }
    }
}

/// What the reverse halves read that stand in fused statements.
fn collect_fused(program: &Program, stmts: &[Stmt], halves: &mut HashMap<Id, Vec<HashSet<Var>>>) {
    let mut both = |forward: &[Stmt], reverse: &[Stmt]| {
        collect_reverse(program, reverse, halves);
        collect_fused(program, forward, halves);
    };
    for stmt in stmts {
        match stmt {
            Stmt::Fused { forward, reverse, .. } => both(forward, reverse),
            Stmt::FusedIf { then, els, .. } => {
                both(&then.forward, &then.reverse);
                both(&els.forward, &els.reverse);
            }
            _ => {}
        }
    }
}

fn is_nesting_half(stmt: &Stmt) -> bool {
    matches!(
        stmt,
        Stmt::ReverseIf { .. }
            | Stmt::ReverseMatch { .. }
            | Stmt::ReverseLoop { .. }
            | Stmt::ReverseCheckpointed { .. }
    )
}

/// Every variable that is read anywhere in the reverse sweep.
pub fn every_read(program: &Program, stmts: &[Stmt], found: &mut HashSet<Var>) {
    for stmt in stmts {
        reads_of_stmt(program, stmt, found);
        match stmt {
            Stmt::WhenActive { body, .. } | Stmt::ReverseLoop { body, .. } => {
                every_read(program, body, found)
            }
            Stmt::ReverseIf { then, els, .. } => {
                every_read(program, then, found);
                every_read(program, els, found);
            }
            Stmt::ReverseMatch { arms, .. } => {
                arms.iter().for_each(|arm| every_read(program, &arm.body, found))
            }
            Stmt::ReverseCheckpointed { forward, body, .. } => {
                checkpoint::primal_reads(program, forward, found);
                every_read(program, body, found);
            }
            Stmt::Fused { seeds, forward, reverse, .. } => {
                every_read(program, seeds, found);
                checkpoint::primal_reads(program, forward, found);
                every_read(program, reverse, found);
            }
            _ => {}
        }
    }
}

/// Every variable that the reverse halves of fused statements read.
pub fn fused_reads(program: &Program, stmts: &[Stmt], found: &mut HashSet<Var>) {
    for stmt in stmts {
        match stmt {
            Stmt::Fused { seeds, forward, reverse, .. } => {
                every_read(program, seeds, found);
                every_read(program, reverse, found);
                fused_reads(program, forward, found);
            }
            Stmt::FusedIf { seeds, then, els, .. } => {
                every_read(program, seeds, found);
                for arm in [then, els] {
                    every_read(program, &arm.reverse, found);
                    fused_reads(program, &arm.forward, found);
                }
            }
            Stmt::FusedCall { seeds, adjoint, .. } => {
                every_read(program, seeds, found);
                read(program, adjoint, found);
            }
            _ => {}
        }
    }
}

fn drop_unused_saves(program: &Program, stmts: &mut Vec<Stmt>, reads: &HashSet<Var>) {
    stmts.retain(|stmt| match stmt {
        Stmt::Let { var, .. } => !matches!(program[*var].role, Role::Saved) || reads.contains(var),
        _ => true,
    });
    for stmt in stmts {
        match stmt {
            Stmt::If { then, els, .. } => {
                drop_unused_saves(program, &mut then.stmts, reads);
                drop_unused_saves(program, &mut els.stmts, reads);
            }
            Stmt::Match { arms, .. } => arms
                .iter_mut()
                .for_each(|arm| drop_unused_saves(program, &mut arm.body.stmts, reads)),
            Stmt::Loop { body, .. } => drop_unused_saves(program, &mut body.stmts, reads),
            Stmt::Fused { forward, .. } => drop_unused_saves(program, forward, reads),
            Stmt::FusedIf { then, els, .. } => {
                drop_unused_saves(program, &mut then.forward, reads);
                drop_unused_saves(program, &mut els.forward, reads);
            }
            _ => {}
        }
    }
}

fn assign_records(program: &mut Program, stmts: &[Stmt], halves: &HashMap<Id, Vec<HashSet<Var>>>) {
    for stmt in stmts {
        match stmt {
            Stmt::If { id, then, els, .. } => {
                record(program, *id, &[then, els], &[vec![], vec![]], halves, None)
            }
            Stmt::Match { id, arms, .. } => {
                let blocks: Vec<&Block> = arms.iter().map(|arm| &arm.body).collect();
                let bound: Vec<Vec<Var>> =
                    arms.iter().map(|arm| arm.bindings.iter().map(|(v, _)| *v).collect()).collect();
                record(program, *id, &blocks, &bound, halves, None);
            }
            Stmt::Loop { id, .. } if program.checkpoints.contains_key(id) => {}
            Stmt::Loop { id, kind, body } => {
                let bound = match kind {
                    LoopKind::Range { var, .. } => vec![*var],
                    LoopKind::Items { vars, .. } => vars.clone(),
                    _ => vec![],
                };
                let walked = if body.result.is_none() { Some(kind) } else { None };
                record(program, *id, &[body], &[bound], halves, walked);
            }
            Stmt::Fused { forward, .. } => assign_records(program, forward, halves),
            Stmt::FusedIf { then, els, .. } => {
                assign_records(program, &then.forward, halves);
                assign_records(program, &els.forward, halves);
            }
            _ => {}
        }
    }
}

fn record(
    program: &mut Program,
    id: Id,
    blocks: &[&Block],
    bound: &[Vec<Var>],
    halves: &HashMap<Id, Vec<HashSet<Var>>>,
    loops: Option<&LoopKind>,
) {
    let mut vars = Vec::new();
    for (i, block) in blocks.iter().enumerate() {
        let wanted = halves.get(&id).and_then(|h| h.get(i));
        let mut recorded = Vec::new();
        for var in bound[i].iter().copied().chain(block.stmts.iter().flat_map(defined)) {
            let kept = !matches!(program[var].role, Role::Binding { .. } | Role::Alias { .. });
            let walked = matches!(&loops, Some(LoopKind::Range { var: i, .. }) if *i == var);
            if kept
                && !walked
                && wanted.is_some_and(|w| w.contains(&var))
                && !recorded.contains(&var)
            {
                recorded.push(var);
            }
        }
        vars.push(recorded);
    }
    program.records.insert(id, Record { vars });
    for block in blocks {
        assign_records(program, &block.stmts, halves);
    }
}
