import { MASK } from '../../core/personal/mask.ts'

/** Secrets that a connection was given to send, to be known again where an answer or an excerpt quotes them. */
export interface SecretsSent {
  /** Notes one; gives it back. */
  note(value: string): string
  /** A text without any of them, as they are or as JSON, addresses and forms write them. */
  conceal(text: string): string
}

export function createSecretsSent(): SecretsSent {
  const forms = new Set<string>()
  return {
    note(value) {
      if (value === '' || forms.has(value)) return value
      const wellFormed = value.toWellFormed()
      for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(wellFormed)])
        forms.add(form)
      return value
    },
    conceal(text) {
      let left = text
      // A longer one may have a shorter one in it.
      for (const form of [...forms].sort((a, b) => b.length - a.length)) left = left.replaceAll(form, MASK)
      return left
    },
  }
}
