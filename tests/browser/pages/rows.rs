//! A form with nested rows over a changeset: added, removed and put in order. `?boxes`: by boxes in place of buttons.

use bennu::ecto::schema::Association as _;
use bennu::prelude::*;

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "mailing_lists")]
struct MailingList {
    #[schema(primary_key)]
    id: i64,
    title: String,
    #[schema(has_many, on_replace = delete)]
    emails: HasMany<Email>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "emails")]
struct Email {
    #[schema(primary_key)]
    id: i64,
    address: String,
    name: String,
    position: i64,
    mailing_list_id: i64,
}

impl MailingList {
    fn changeset(self, params: &impl ToParams) -> Changeset<Self> {
        let emails = CastRelation::with_position(Email::changeset).sort_param("emails_sort").drop_param("emails_drop");
        self.cast(params, MailingList::title)
            .validate_required(MailingList::title)
            .cast_assoc_with(MailingList::emails, emails)
    }
}

impl Email {
    /// The order is stored, as a field of each.
    fn changeset(self, params: &impl ToParams, position: usize) -> Changeset<Self> {
        self.cast(params, (Email::address, Email::name))
            .put_change(Email::position, i64::try_from(position).unwrap_or(i64::MAX))
            .validate_required(Email::address)
            .validate_length(Email::address, 3..=40)
    }
}

#[derive(LiveView)]
pub(crate) struct RowsLive {
    boxes: bool,
    list: MailingList,
    form: Form<MailingList>,
    saved: String,
}

#[live_view]
impl RowsLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let mut list = MailingList { id: 1, title: "News".into(), ..MailingList::default() };
        let email = |position: i64, address: &str| Email {
            id: position + 1,
            address: address.into(),
            position,
            mailing_list_id: 1,
            ..Email::default()
        };
        let emails = vec![email(0, "ada@example.org"), email(1, "bo@example.org")];
        // As a preload leaves it.
        list.emails.put_loaded(emails);
        let form = list.clone().changeset(&Params::new()).to_form();
        Ok(Self { boxes: cx.params().param("boxes").is_some(), list, form, saved: String::new() })
    }

    #[event]
    fn validate(&mut self, params: Params) {
        self.form = self.list.clone().changeset(params.within("mailing_list")).to_form();
    }

    #[event]
    fn save(&mut self, params: Params) {
        match self.list.clone().changeset(params.within("mailing_list")).apply_action(Action::Update) {
            Ok(list) => {
                let emails = list.emails.get().unwrap_or_default();
                let emails: Vec<_> = emails.iter().map(|email| format!("{}:{}", email.id, email.address)).collect();
                self.saved = format!("{} {}", list.title, emails.join(","));
            }
            Err(changeset) => self.form = changeset.to_form(),
        }
    }

    fn render(&self) -> Element {
        let emails = self.form.field(MailingList::emails);
        rsx! {
            FormFor { form: &self.form, phx_change: Self::on_validate(), phx_submit: Self::on_save(),
                Input { field: self.form.field(MailingList::title), label: "Title" }
                InputsFor { field: emails.clone(),
                    for row in self.form.inputs_for(MailingList::emails) {
                        fieldset { key: "{row.id()}", id: "{row.id()}",
                            InputsRow { form: &row,
                                Input { field: row.field(Email::address), r#type: "email", label: "Address" }
                                Input { field: row.field(Email::name), label: "Name" }
                                if self.boxes {
                                    label {
                                        input {
                                            r#type: "checkbox",
                                            name: emails.drop_name(),
                                            value: row.index().map(|index| index.to_string()),
                                        }
                                        "Remove"
                                    }
                                } else {
                                    DropRow { form: &row, "Remove" }
                                }
                            }
                        }
                    }
                    if self.boxes {
                        label {
                            input { r#type: "checkbox", name: emails.sort_name(), value: "new" }
                            "Add"
                        }
                    } else {
                        AddRow { field: emails, "Add" }
                    }
                }
                button { id: "save", "Save" }
            }
            output { id: "saved", "{self.saved}" }
        }
    }
}
