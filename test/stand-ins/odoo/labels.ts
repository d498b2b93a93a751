/** Labels that messages of Odoo quote, by field or by model and field. Others are made of the field's name. */
export const FIELD_LABELS: Readonly<Record<string, string>> = {
  color: 'Color Index',
  country_id: 'Country',
  state_id: 'State',
  date_order: 'Order Date',
  order_line: 'Order Lines',
  product_id: 'Product',
  product_uom_qty: 'Quantity',
  price_unit: 'Unit Price',
  tax_id: 'Taxes',
  tax_ids: 'Taxes',
  product_uom: 'Unit of Measure',
  product_uom_id: 'Unit',
  partner_invoice_id: 'Invoice Address',
  partner_shipping_id: 'Delivery Address',
  client_order_ref: 'Customer Reference',
  pricelist_id: 'Pricelist',
  default_code: 'Internal Reference',
  list_price: 'Sales Price',
  taxes_id: 'Sales Taxes',
  'res.partner.parent_id': 'Related Company',
  'res.partner.category_id': 'Tags',
  'res.partner.type': 'Address Type',
  'res.partner.ref': 'Reference',
  'sale.order.partner_id': 'Customer',
  'sale.order.name': 'Order Reference',
  'sale.order.line.name': 'Description',
  'sale.order.line.order_id': 'Order Reference',
}

type Labels = Readonly<Record<string, string>>

const ADDRESS_18: Labels = {
  contact: 'Contact',
  invoice: 'Invoice Address',
  delivery: 'Delivery Address',
  other: 'Other Address',
}
const GOODS: Labels = { consu: 'Goods', service: 'Service', combo: 'Combo' }
const ORDER_STATES: Labels = {
  draft: 'Quotation',
  sent: 'Quotation Sent',
  sale: 'Sales Order',
  cancel: 'Cancelled',
}

/** Labels of choices, by model and field, with the version in front where the versions differ. */
export const SELECTION_LABELS: Readonly<Record<string, Labels>> = {
  '18.0 res.partner.type': ADDRESS_18,
  'product.product.type': GOODS,
  'product.template.type': GOODS,
  'sale.order.state': ORDER_STATES,
  'sale.order.line.state': ORDER_STATES,
}

/** Names of models in refusals. */
export const MODEL_LABELS: Readonly<Record<string, string>> = {
  'res.users': 'User',
  'res.users.apikeys': 'Users API Keys',
  'res.partner': 'Contact',
  'res.partner.category': 'Partner Tags',
  'res.company': 'Companies',
  'res.country': 'Country',
  'res.country.state': 'Country state',
  'res.currency': 'Currency',
  'res.lang': 'Languages',
  'product.pricelist': 'Pricelist',
  'product.template': 'Product',
  'product.product': 'Product Variant',
  'product.category': 'Product Category',
  'uom.uom': 'Product Unit of Measure',
  'account.tax': 'Tax',
  'sale.order': 'Sales Order',
  'sale.order.line': 'Sales Order Line',
  'ir.model.data': 'Model Data',
  'crm.team': 'Sales Team',
  'utm.source': 'UTM Source',
}
