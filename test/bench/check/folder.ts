import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..', '..')

/** Of each kind of expression some: 40 fields of a contact, as a mapping that has grown would fill them. */
const FIELDS: readonly (readonly [field: string, expression: string])[] = [
  ['name', 'coalesce(customer.displayName, customer.defaultEmailAddress.emailAddress, customer.id)'],
  ['email', 'email(customer.defaultEmailAddress.emailAddress)'],
  ['phone', 'coalesce(customer.defaultPhoneNumber.phoneNumber, customer.defaultAddress.phone)'],
  ['street', 'customer.defaultAddress.address1'],
  ['street2', 'customer.defaultAddress.address2'],
  ['zip', 'upper(trim(customer.defaultAddress.zip))'],
  ['city', 'customer.defaultAddress.city'],
  [
    'country_id',
    `'match("res.country", "code", customer.defaultAddress.countryCodeV2, {"otherwise": null})'`,
  ],
  ['company_name', 'coalesce(customer.defaultAddress.company, first(customer.addressesV2).company)'],
  ['ref', `'"WEB-" + text(customer.legacyResourceId)'`],
  ['comment', '{ value: customer.note, firstTimeOnly: true }'],
  ['type', '{ constant: contact }'],
  ['trust', '{ constant: good }'],
  ['is_company', 'customer.defaultAddress.company != null && customer.defaultAddress.company != ""'],
  ['employee', 'customer.tags.exists(tag, lower(tag) == "employee")'],
  ['active', 'customer.state in ["ENABLED", "INVITED"] || customer.verifiedEmail'],
  ['color', 'size(customer.tags)'],
  ['customer_rank', 'when(integer(customer.numberOfOrders) > 0, 1, 0)'],
  ['supplier_rank', '0'],
  ['credit_limit', 'round(customer.amountSpent.amount * 0.25, 2)'],
  ['barcode', 'customer.multipassIdentifier'],
  ['vat', 'customer.tags.filter(tag, tag.startsWith("VAT:")).map(tag, tag.replace("VAT:", ""))[0]'],
  ['website', 'customer.tags.filter(tag, tag.startsWith("https://"))[0]'],
  ['function', 'first(customer.tags)'],
  ['company_registry', 'last(customer.tags)'],
  ['lang', `'table("language", customer.locale)'`],
  ['tz', '{ constant: Europe/Brussels }'],
  ['peppol_endpoint', 'digits(customer.defaultPhoneNumber.phoneNumber)'],
  ['activity_summary', '{ value: customer.statistics.predictedSpendTier, firstTimeOnly: true }'],
  ['sale_warn_msg', `'when(customer.taxExempt, "Tax exempt: " + customer.displayName, null)'`],
  ['purchase_warn_msg', `'customer.canDelete ? "Never ordered" : customer.lastOrder.name'`],
  ['picking_warn_msg', 'customer.addressesV2.map(address, coalesce(address.city, "?")).join(", ")'],
  ['global_location_number', 'text(size(customer.addressesV2))'],
  ['suggest_days', 'integer(customer.numberOfOrders) * 7 - 3'],
  ['suggest_percent', 'max(0, min(100, integer(customer.numberOfOrders)))'],
  ['reminder_date_before_receipt', '14'],
  ['receipt_reminder_email', 'true'],
  ['use_partner_credit_limit', 'customer.amountSpent.amount >= 1000'],
  [
    'property_product_pricelist',
    'match("product.pricelist", "name", table("pricelist", customer.amountSpent.currencyCode))',
  ],
  ['partner_latitude', 'decimal("50.8503")'],
]

const mapping = (name: string) => `# yaml-language-server: $schema=../schemas/language/mapping.schema.json
tidelock: 1
mapping: ${name}
description: Shop customers become Odoo contacts, with everything the shop knows of them.
owner: sales-ops

source:
  connection: shopify
  resource: customers
  as: customer
  keep:
    - { when: 'customer.state != "DECLINED"', otherwise: declined }

target:
  connection: odoo
  resource: res.partner
  identity: customer.id
  label: customer.displayName
  adopt: { by: email }                       # a contact that is there already is taken over, not doubled

tables:
  language: { en: en_US, fr: fr_FR, nl: nl_NL, de: de_DE }
  pricelist: { USD: Web USD, EUR: Web EUR, GBP: Web GBP }

fields:
${FIELDS.map(([field, expression]) => `  ${field}: ${expression}`).join('\n')}

schedule: { every: 5m, jitter: 20s }

scopes:
  shopify: [read_customers]
  odoo: { product.pricelist: [read], res.country: [read], res.partner: [read, create, write] }

tests:
  - name: a customer with an address
    given: { sample: customers/mara-quill }
    expect: { name: Mara Quill, city: Oakland }
`

/** A repository with so many mappings of 40 fields; connections and settings are the shipped ones. */
export function prepareRepository(folder: string, mappings: number): void {
  mkdirSync(join(folder, 'mappings'), { recursive: true })
  cpSync(join(ROOT, 'mappings', 'connections'), join(folder, 'mappings', 'connections'), { recursive: true })
  cpSync(join(ROOT, 'temporal.yaml'), join(folder, 'temporal.yaml'))
  for (let number = 1; number <= mappings; number++)
    writeFileSync(join(folder, 'mappings', `customers-${number}.yaml`), mapping(`customers-${number}`))
}
