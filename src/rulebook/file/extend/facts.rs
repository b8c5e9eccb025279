//! Statements and criteria, laid over those that are inherited.

use std::collections::BTreeMap;

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::Spot;
use crate::rulebook::file::draft::{CriterionDraft, StatementDraft};
use crate::rulebook::file::extend::over::{Joined, Meant, Named, Over};
use crate::rulebook::file::extend::{Stated, replace};
use crate::rulebook::{Criterion, Statement};
use crate::text::{did_you_mean, nearest, quoted};
use crate::value::Kind;

impl Over<'_> {
    pub(crate) fn statements(
        &mut self,
        base: &[Statement],
        drafts: &[StatementDraft],
    ) -> Vec<Stated<Statement>> {
        let mut all: Vec<Stated<Statement>> = base.iter().map(|one| (one.clone(), None)).collect();
        for (index, draft) in drafts.iter().enumerate() {
            let at = Spot::default().item("statement", index);
            let table = Named {
                path: &["statement"],
                key: "id",
                name: &draft.id,
                at: &at,
                remove: draft.remove,
            };
            match self.meant(&table, &mut all, |(one, at)| (&one.id, at.as_ref())) {
                Meant::Done => {}
                Meant::Add(_) => {
                    let new = Statement {
                        id: draft.id.clone(),
                        says: draft.says.clone().unwrap_or_default(),
                        not_a_rule: draft.not_a_rule.clone(),
                    };
                    all.push((new, Some(at)));
                }
                Meant::Change(place) => {
                    let (one, stated) = &mut all[place];
                    let mut changes = replace(&mut one.says, &draft.says);
                    if draft.not_a_rule.is_some() {
                        changes |= one.not_a_rule != draft.not_a_rule;
                        one.not_a_rule.clone_from(&draft.not_a_rule);
                    }
                    *stated = Some(at.clone());
                    self.must_change(changes, ["statement", &draft.id], &at);
                }
            }
        }
        all
    }

    pub(crate) fn criteria(
        &mut self,
        base: &[Criterion],
        drafts: &[CriterionDraft],
    ) -> Vec<Stated<Criterion>> {
        let mut all: Vec<Stated<Criterion>> = base.iter().map(|one| (one.clone(), None)).collect();
        for (index, draft) in drafts.iter().enumerate() {
            let at = Spot::default().item("criterion", index);
            let table = Named {
                path: &["criterion"],
                key: "name",
                name: &draft.name,
                at: &at,
                remove: draft.remove,
            };
            match self.meant(&table, &mut all, |(one, at)| (&one.name, at.as_ref())) {
                Meant::Done => {}
                Meant::Add(_) => {
                    let mut new = Criterion {
                        name: draft.name.clone(),
                        says: String::new(),
                        kind: draft.kind.unwrap_or(Kind::Choice),
                        values: Vec::new(),
                        groups: BTreeMap::new(),
                        length_means: None,
                        from_dates: None,
                    };
                    if draft.values.is_none() {
                        let fixed = new.kind.fixed_values().unwrap_or_default();
                        new.values = fixed.iter().map(|value| (*value).to_owned()).collect();
                    }
                    if self.extends && !draft.more_values.is_empty() {
                        self.flaw(
                            Code::NotInherited,
                            at.key("more_values").name(),
                            format!(
                                "{} is new, so there are no values to add to",
                                quoted(&new.name)
                            ),
                            "say `values`".to_owned(),
                        );
                    }
                    self.criterion(&mut new, draft, &at);
                    all.push((new, Some(at)));
                }
                Meant::Change(place) => {
                    let before = all[place].0.clone();
                    self.criterion(&mut all[place].0, draft, &at);
                    all[place].1 = Some(at.clone());
                    self.must_change(all[place].0 != before, ["criterion", &draft.name], &at);
                }
            }
        }
        all
    }

    fn criterion(&mut self, one: &mut Criterion, draft: &CriterionDraft, at: &Spot) {
        replace(&mut one.says, &draft.says);
        replace(&mut one.kind, &draft.kind);
        replace(&mut one.values, &draft.values);
        for (index, value) in draft.more_values.iter().enumerate() {
            self.joined.push(Joined {
                criterion: one.name.clone(),
                way: format!("/values/{}", one.values.len()),
                at: at.key("more_values").then(&format!("/{index}")),
            });
            one.values.push(value.clone());
        }
        for (group, members) in &draft.groups {
            one.groups.insert(group.clone(), members.clone());
        }
        for (group, members) in &draft.more_groups {
            let at = at.key("more_groups").key(group);
            let near = nearest(group, one.groups.keys().map(String::as_str)).map(did_you_mean);
            let Some(of) = one.groups.get_mut(group) else {
                if self.extends {
                    let mend = near.unwrap_or_else(|| "say it under `groups`".to_owned());
                    let found = format!("no group {} is inherited", quoted(group));
                    self.flaw(Code::NotInherited, at.name(), found, mend);
                }
                continue;
            };
            for (index, member) in members.iter().enumerate() {
                self.joined.push(Joined {
                    criterion: one.name.clone(),
                    way: format!("/groups/{group}/{}", of.len()),
                    at: at.then(&format!("/{index}")),
                });
                of.push(member.clone());
            }
        }
        if draft.length_means.is_some() {
            one.length_means.clone_from(&draft.length_means);
        }
        if draft.from_dates.is_some() {
            one.from_dates.clone_from(&draft.from_dates);
        }
    }
}
