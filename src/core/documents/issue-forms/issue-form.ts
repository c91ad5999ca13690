import { isMap, isScalar, isSeq, parseDocument, stringify, type YAMLMap } from 'yaml';
import type { Span } from '../../text/position';

/** A question of one of GitHub's issue forms (https://docs.github.com/en/communities, "Syntax for GitHub's form schema"). */
export interface FormQuestion {
  readonly id: string;
  readonly type: 'input' | 'textarea' | 'dropdown';
  /** The heading above the answer in the issue. */
  readonly label: string;
  readonly description: string;
  readonly placeholder?: string;
  readonly options?: readonly string[];
  readonly isRequired: boolean;
}

/** A form by which people open an issue of one kind. */
export interface IssueForm {
  /** `07-release-request.yml`. */
  readonly fileName: string;
  readonly name: string;
  readonly description: string;
  readonly titlePrefix: string;
  readonly labels: readonly string[];
  readonly introduction: string;
  readonly questions: readonly FormQuestion[];
}

/** A question as it was found in a form of a repository. */
export interface FoundQuestion {
  readonly label: string;
  readonly isRequired: boolean;
  readonly span: Span;
}

/** A form as it was found; or what is wrong with the file. */
export type FormReading =
  | { readonly ok: true; readonly name: string; readonly questions: readonly FoundQuestion[] }
  | { readonly ok: false; readonly message: string };

/** The form as a file of `.github/ISSUE_TEMPLATE`. */
export function issueFormYaml(form: IssueForm): string {
  return stringify(
    {
      name: form.name,
      description: form.description,
      title: form.titlePrefix,
      labels: form.labels,
      body: [
        { type: 'markdown', attributes: { value: form.introduction } },
        ...form.questions.map(({ id, type, label, description, placeholder, options, isRequired }) => ({
          type,
          id,
          attributes: {
            label,
            description,
            ...(placeholder === undefined ? {} : { placeholder }),
            ...(options === undefined ? {} : { options }),
          },
          validations: { required: isRequired },
        })),
      ],
    },
    { lineWidth: 110 },
  );
}

/** Reads a form as a repository has it; what asks nothing (text, a mark) is left out. */
export function readIssueForm(text: string): FormReading {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error) return { ok: false, message: `is no YAML (${error.message})` };
  const root: unknown = document.contents;
  const body = isMap(root) ? root.get('body', true) : undefined;
  if (!isMap(root) || !isSeq(body)) return { ok: false, message: 'is no issue form: it has no list "body"' };
  const name = root.get('name');
  return {
    ok: true,
    name: typeof name === 'string' ? name : '',
    questions: body.items.flatMap((item) => {
      if (!isMap(item) || item.get('type') === 'markdown') return [];
      const attributes = item.get('attributes');
      const label = isMap(attributes) ? attributes.get('label') : null;
      if (typeof label !== 'string') return [];
      return [{ label, isRequired: isRequired(item), span: spanOf(item) }];
    }),
  };
}

function isRequired(item: YAMLMap): boolean {
  const validations = item.get('validations');
  return isMap(validations) && validations.get('required') === true;
}

function spanOf(item: YAMLMap): Span {
  const first = item.items[0]?.key;
  const start = isScalar(first) ? (first.range?.[0] ?? 0) : (item.range?.[0] ?? 0);
  return { start, end: item.range?.[1] ?? start };
}
