import { expect, test } from 'vitest'
import { sanitized } from './html.ts'

test.each([
  ['hi', '<p>hi</p>'],
  ['', ''],
  ['plain <script>x</script>', '<p>plain </p>'],
  ['<script>x</script><b>ok</b>', '<b>ok</b>'],
  ['<b>x</b><script>1</script>', '<span><b>x</b></span>'],
  ['<b>x</b><i>y</i>', '<span><b>x</b><i>y</i></span>'],
  ['<b>x</b> and y', '<span><b>x</b> and y</span>'],
  ['<p>a</p><p>b</p>', '<p>a</p><p>b</p>'],
  ['<p>a<br>b</p>', '<p>a<br>b</p>'],
])('%j is kept as %j', (html, kept) => {
  expect(sanitized(html)).toBe(kept)
})
