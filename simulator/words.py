"""The words of the bank's pages: English, and 简体中文 where the reader prefers it."""

from flask import request

ENGLISH, CHINESE = "en", "zh"
ZERO_DECIMALS = frozenset({"jpy", "krw", "vnd", "clp"})
SYMBOLS = {"usd": "$", "cny": "¥", "eur": "€", "gbp": "£", "jpy": "¥"}

ZH = {
    "Demo bank": "演示银行",
    "No real money moves here, and nothing you type is passed on.": (
        "这里没有真实资金流动，您输入的内容不会传给任何人。"
    ),
    "Pay": "付款",
    "Pay {sum}": "支付 {sum}",
    "Save": "保存",
    "Save this way of paying": "保存付款方式",
    "to {merchant}": "收款方：{merchant}",
    "Card": "银行卡",
    "Bank account": "银行账户",
    "Card number": "卡号",
    "Expires (month / year)": "有效期（月 / 年）",
    "Security code": "安全码",
    "Name on the card": "持卡人姓名",
    "Account holder": "账户持有人",
    "Email": "电子邮箱",
    "Routing number": "路由号码",
    "Account number": "账号",
    "I allow {merchant} to debit this account for this payment, and for later ones I agree to.": (
        "我授权 {merchant} 为本次付款及日后经我同意的付款从此账户扣款。"
    ),
    "A bank debit takes up to four days, and can be returned for weeks.": (
        "银行扣款最长需要四天，之后数周内仍可能被退回。"
    ),
    "Back without paying": "不付款，返回",
    "How to pay": "付款方式",
    "Numbers to try": "可试用的号码",
    "Number": "号码",
    "What it does": "效果",
    "Quantity {count}": "数量 {count}",
    "Total": "合计",
    "works": "成功",
    "works, the money is available at once": "成功，资金立即可用",
    "is declined": "被拒绝",
    "has insufficient funds": "余额不足",
    "can be saved, later payments are declined": "可以保存，之后的付款被拒绝",
    "asks you to confirm": "要求您确认",
    "works, and is disputed afterwards": "成功，随后被持卡人提出争议",
    "works after four days": "四天后成功",
    "fails: no such account": "失败：账户不存在",
    "fails: the account is closed": "失败：账户已注销",
    "fails after four days: insufficient funds": "四天后失败：余额不足",
    "fails after four days: not authorised": "四天后失败：未获授权",
    "works, and is returned three weeks later": "成功，三周后被退回",
    "Paid": "已付款",
    "Thank you. {merchant} has been told.": "谢谢，已通知 {merchant}。",
    "On its way": "处理中",
    "Your bank debit has begun. It takes up to four days.": "银行扣款已发起，最长需要四天。",
    "Saved": "已保存",
    "This way of paying can be used from now on.": "此付款方式现在可以使用。",
    "Back to {merchant}": "返回 {merchant}",
    "You will be taken there by yourself in a moment.": "稍后将自动跳转。",
    "This page has expired": "此页面已过期",
    "Go back and begin again.": "请返回并重新开始。",
    "Is it you?": "是您本人吗？",
    "Your bank wants to be sure that it is you who pays {sum}.": (
        "您的银行需要确认是您本人支付 {sum}。"
    ),
    "Your bank wants to be sure that it is you who saves this card.": (
        "您的银行需要确认是您本人保存此卡。"
    ),
    "Yes, it is me": "是的，是我本人",
    "No, refuse": "不是，拒绝",
    "There is nothing to confirm": "没有需要确认的内容",
    "Tell us who is paid": "填写收款人信息",
    "{merchant} pays you through the demo bank. We need to know who you are and where to pay.": (
        "{merchant} 通过演示银行向您付款。我们需要知道您的身份和收款账户。"
    ),
    "About you": "个人信息",
    "Where your money goes": "收款账户",
    "First name": "名",
    "Last name": "姓",
    "Date of birth": "出生日期",
    "Street and number": "街道门牌号",
    "City": "城市",
    "I accept the terms of the demo bank, of which there are none.": (
        "我接受演示银行的条款（实际上没有任何条款）。"
    ),
    "Submit": "提交",
    "You can be paid": "您可以收款了",
    "We know all that we need.": "所需信息已齐全。",
    "payouts arrive after two days": "两天后到账",
    "payouts fail: no such account": "付款失败：账户不存在",
    "payouts fail: the account is closed": "付款失败：账户已注销",
    "A bank debit needs its owner's agreement.": "银行扣款需要账户持有人的授权。",
    "Please fill in: {field}": "请填写：{field}",
    "Please write the date as year-month-day.": "请按“年-月-日”填写日期。",
    "Please write the expiry date as MM/YY.": "请按 MM/YY 填写有效期。",
    "Your balance": "您的余额",
    "Available": "可用",
    "Pending": "待结算",
    "Payouts": "付款记录",
    "None yet.": "暂无记录。",
    "This is a bank for demonstrations: it answers like Stripe and has no money.": (
        "这是用于演示的银行：它像 Stripe 一样应答，但没有任何真实资金。"
    ),
    "There is no such page": "没有此页面",
    "Your card was declined.": "您的银行卡被拒绝。",
    "Your card number is incorrect.": "卡号不正确。",
    "Your card has expired.": "您的银行卡已过期。",
    "Your card has insufficient funds.": "您的银行卡余额不足。",
    "Your card's security code is incorrect.": "安全码不正确。",
    "Your card's expiration year is invalid.": "有效期年份无效。",
    "Your card's expiration month is invalid.": "有效期月份无效。",
    "You did not confirm the payment.": "您没有确认这笔付款。",
    "An error occurred while processing your card. Try again in a bit.": (
        "处理银行卡时出错，请稍后重试。"
    ),
    "In test mode the routing number is 110000000.": "测试模式下的路由号码为 110000000。",
    "You must use a test bank account number in test mode.": "测试模式下请使用测试账号。",
    "Your card was declined. Your request was in test mode, but used a non test card.": (
        "银行卡被拒绝：测试模式下请使用测试卡号。"
    ),
}


def language(wish: str | None = None) -> str:
    """Return the language of a page: what the session wants, or what the browser prefers."""
    if wish in (None, "auto"):
        wish = next((tag for tag, _ in request.accept_languages), ENGLISH)
    return CHINESE if wish and wish.lower().startswith("zh") else ENGLISH


def say(text: str, tongue: str, **values: str) -> str:
    """Return a text in a language, with its blanks filled in; what is not ours stays as it is."""
    if text not in ZH:
        return text
    return (ZH[text] if tongue == CHINESE else text).format(**values)


def money(amount: int, currency: str) -> str:
    """Return an amount as people write it."""
    symbol = SYMBOLS.get(currency, "")
    if currency in ZERO_DECIMALS:
        written = f"{amount:,}"
    else:
        whole, rest = divmod(abs(amount), 100)
        written = f"{'-' if amount < 0 else ''}{whole:,}.{rest:02}"
    return f"{symbol}{written} {currency.upper()}" if symbol else f"{written} {currency.upper()}"
