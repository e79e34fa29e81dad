//! The parts of a form as components: `Input { field: self.form.field(Robot::name), label: "Name" }`.
//!
//! Each control comes with its label, help and errors, tied together for assistive technology, in a `div` of the class `field`
//! (`field field-invalid` while errors show). Inside of it are `field-label`, `field-help` and `field-errors`, for a style
//! sheet. Attributes that are given to a component (`class`, `placeholder`, `phx_debounce`, …) are the control's.
//!
//! Rendering is all they do: they keep nothing, and listen to nothing.

mod choice;
mod chrome;
mod form_for;
mod input;
mod rows;
mod select;

pub use choice::{Checkbox, CheckboxProps, RadioGroup, RadioGroupProps};
pub use chrome::{FieldErrors, FieldErrorsProps, Label, LabelProps};
pub use form_for::{FormFor, FormForProps, HiddenInputs, HiddenInputsProps};
pub use input::{Input, InputProps, Textarea, TextareaProps};
pub use rows::{AddRow, AddRowProps, DropRow, DropRowProps, InputsFor, InputsForProps, InputsRow, InputsRowProps};
pub use select::{Select, SelectProps};
