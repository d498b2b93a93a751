import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { AUTHORITY, CERTIFICATE, KEY } from '../../postgres/tls.ts'
import { parseMail } from './mail.ts'
import { type SmtpFault, type SmtpOptions, startSmtp } from './server.ts'

async function opened(options: Partial<SmtpOptions> = {}, faults: readonly SmtpFault[] = []) {
  const smtp = await startSmtp({ security: 'starttls', tls: { key: KEY, cert: CERTIFICATE }, ...options })
  onTestFinished(smtp.close)
  await smtp.control.faults(faults)
  return smtp
}

/** A dialogue by hand: sends each line when the one before was answered; gives the answers. */
async function speak(socket: Socket, lines: readonly string[]): Promise<readonly string[]> {
  onTestFinished(() => void socket.destroy())
  const answers: string[] = []
  for (const line of [null, ...lines]) {
    if (line !== null) socket.write(`${line}\r\n`)
    const [chunk] = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => ['closed'])])
    answers.push(String(chunk).trim().split('\r\n').at(-1)!)
  }
  return answers
}

const portOf = (smtp: { host: string }) => Number(smtp.host.split(':')[1])
const MAIL = ['EHLO me', 'MAIL FROM:<a@acme.example>', 'RCPT TO:<b@acme.example>', 'DATA']
const BODY = 'Subject: hello\r\nMessage-ID: <1@acme.example>\r\n\r\nText\r\n.'
const codes = (answers: readonly string[]) => answers.map((answer) => answer.slice(0, 3))

test('offers STARTTLS, and becomes encrypted when asked', async () => {
  const smtp = await opened()
  const socket = connect(portOf(smtp), '127.0.0.1')
  expect(codes(await speak(socket, ['EHLO me', 'STARTTLS']))).toEqual(['220', '250', '220'])
  const secure = connectTls({ socket, servername: 'localhost', ca: AUTHORITY })
  await once(secure, 'secureConnect')
  secure.write('EHLO me\r\n')
  const [hello] = await once(secure, 'data')
  expect(String(hello)).not.toContain('STARTTLS')
})

test('keeps what it takes', async () => {
  const smtp = await opened({ security: 'none' })
  const answers = await speak(connect(portOf(smtp), '127.0.0.1'), [...MAIL, BODY])
  expect(codes(answers)).toEqual(['220', '250', '250', '250', '354', '250'])
  expect(await smtp.control.received()).toMatchObject([
    {
      from: 'a@acme.example',
      to: ['b@acme.example'],
      secure: false,
      headers: { subject: 'hello', 'message-id': '<1@acme.example>' },
      text: 'Text',
    },
  ])
})

test('with a login nobody sends without one', async () => {
  const smtp = await opened({ security: 'none', login: { user: 'u', password: 'p' } })
  const plain = (text: string) => `AUTH PLAIN ${Buffer.from(text).toString('base64')}`
  const talk = (...lines: string[]) => speak(connect(portOf(smtp), '127.0.0.1'), ['EHLO me', ...lines])
  expect(codes(await talk('MAIL FROM:<a@b.example>'))).toEqual(['220', '250', '530'])
  expect(codes(await talk(plain('\0u\0wrong')))).toEqual(['220', '250', '535'])
  expect(codes(await talk(plain('\0u\0p'), 'MAIL FROM:<a@b.example>'))).toEqual(['220', '250', '235', '250'])
})

test('STARTTLS stripped is not offered, and not taken', async () => {
  const smtp = await opened({}, [{ kind: 'starttls-stripped' }])
  const socket = connect(portOf(smtp), '127.0.0.1')
  const greeting = once(socket, 'data')
  await greeting
  socket.write('EHLO me\r\n')
  const [hello] = await once(socket, 'data')
  expect(String(hello)).not.toContain('STARTTLS')
  socket.write('STARTTLS\r\n')
  expect(String((await once(socket, 'data'))[0])).toMatch(/^5\d\d/)
  socket.destroy()
})

test.each<readonly [SmtpFault, readonly string[]]>([
  [{ kind: 'reply', at: 'from', code: 451, text: 'Later' }, ['220', '250', '451']],
  [{ kind: 'reply', at: 'to', code: 550, text: 'Nobody' }, ['220', '250', '250', '550']],
  [{ kind: 'reply', at: 'message', code: 554, text: 'Spam' }, ['220', '250', '250', '250', '354', '554']],
])('answers as it is told: $at $code', async (fault, expected) => {
  const smtp = await opened({ security: 'none' }, [fault])
  const lines = [...MAIL, BODY].slice(0, expected.length - 1)
  expect(codes(await speak(connect(portOf(smtp), '127.0.0.1'), lines))).toEqual(expected)
  expect(await smtp.control.received()).toEqual([])
})

test('cut after DATA: the mail is there, and no word of it', async () => {
  const smtp = await opened({ security: 'none' }, [{ kind: 'cut-after-data' }])
  const answers = await speak(connect(portOf(smtp), '127.0.0.1'), [...MAIL, BODY])
  expect(answers.at(-1)).toBe('closed')
  expect(await smtp.control.received()).toHaveLength(1)
})

test.each([
  ['Subject: =?UTF-8?Q?Gr=C3=B6=C3=9Fe_1?=\r\n\r\nx', 'Größe 1', 'x'],
  ['Subject: =?UTF-8?B?R3LDtsOfZQ==?=\r\n =?UTF-8?Q?_2?=\r\n\r\nx', 'Größe 2', 'x'],
  ['Subject: a\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=B6=C3=9F=\r\ne', 'a', 'Größe'],
  ['Subject: a\r\nContent-Transfer-Encoding: base64\r\n\r\nR3LDtsOfZQ==', 'a', 'Größe'],
])('reads %j', (raw, subject, text) => {
  const mail = parseMail(raw)
  expect([mail.headers['subject'], mail.text]).toEqual([subject, text])
})
